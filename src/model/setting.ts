// A setting as it counts after all its sources have been asked.

/** Where values come from, the strongest first. */
export type SettingOrigin = 'flag' | 'environment' | 'ckpt.yaml' | 'flink' | 'default';

export type SettingValue = string | number | boolean | readonly string[];

export interface SettledSetting {
  /** Its flag without the dashes, and its key in ckpt.yaml. */
  readonly name: string;
  /** Null where nothing is set. */
  readonly value: SettingValue | null;
  readonly origin: SettingOrigin;
  /** What has set it: `--s3-region`, `AWS_REGION`, `s3.region in file:///opt/flink/conf/config.yaml`; null by default. */
  readonly source: string | null;
  /** Its value is never shown. */
  readonly secret: boolean;
}
