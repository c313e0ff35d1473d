// What Hadoop 3.4.3 wrote (Credentials.writeTokenStorageToStream, Token.encodeToUrlString): a token for the name service
// `prod` with an identifier of 200 bytes, one of WebHDFS for 10.0.0.7:9870, one of YARN, and a secret key. Base64.

/** SerializedFormat.WRITABLE. */
export const WRITABLE = [
  'SERUUwADDTEwLjAuMC43Ojk4NzACaWQB/xJXRUJIREZTIGRlbGVnYXRpb24NMTAuMC4wLjc6OTg3MAR5YXJuAmlkAXATUk1fREVM',
  'RUdBVElPTl9UT0tFTg0xMC4wLjAuNzo4MDMyDGhhLWhkZnM6cHJvZI/IAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g',
  'ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWpr',
  'bG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2',
  't7i5uru8vb6/wMHCw8TFxscEcGFzcxVIREZTX0RFTEVHQVRJT05fVE9LRU4MaGEtaGRmczpwcm9kAQZzZWNyZXQDa2V5',
].join('');

/** SerializedFormat.PROTOBUF. */
export const PROTOBUF = [
  'SERUUwGLAwo7Cg0xMC4wLjAuNzo5ODcwEioKAmlkEgH/GhJXRUJIREZTIGRlbGVnYXRpb24iDTEwLjAuMC43Ojk4NzAKMwoEeWFy',
  'bhIrCgJpZBIBcBoTUk1fREVMRUdBVElPTl9UT0tFTiINMTAuMC4wLjc6ODAzMgqHAgoMaGEtaGRmczpwcm9kEvYBCsgBAAECAwQF',
  'BgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9Q',
  'UVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqb',
  'nJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxscSBHBhc3MaFUhERlNfREVMRUdBVElPTl9UT0tFTiIM',
  'aGEtaGRmczpwcm9kEg0KBnNlY3JldBoDa2V5',
].join('');

/** The tokens of HDFS in these files, as URLs take them. */
export const ENCODED = {
  prod: [
    'j8gAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4_QEFCQ0RFRkdI',
    'SUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9gYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo-QkZKT',
    'lJWWl5iZmpucnZ6foKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr_AwcLDxMXGxwRwYXNzFUhERlNfREVMRUdBVElPTl9U',
    'T0tFTgxoYS1oZGZzOnByb2Q',
  ].join(''),
  webhdfs: 'AmlkAf8SV0VCSERGUyBkZWxlZ2F0aW9uDTEwLjAuMC43Ojk4NzA',
};
