// Writes the tables of this folder with RocksDB itself. With frocksdbjni (8.10.0-ververica-1.0) on the class path:
//     javac Tables.java && java Tables DIRECTORY
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.*;

public class Tables {
  interface Writes {
    void put(RocksDB db, ColumnFamilyHandle state, WriteOptions options) throws Exception;
  }

  static Path target;

  public static void main(String[] arguments) throws Exception {
    RocksDB.loadLibrary();
    target = Path.of(arguments[0]);
    for (int version : new int[] {2, 4, 5, 6}) write("version-" + version, blocks(version), Tables::hundred);
    for (ChecksumType kind : ChecksumType.values()) {
      for (int version : new int[] {5, 6}) {
        write("checksum-" + kind + "-" + version, blocks(version).setChecksumType(kind), Tables::hundred);
      }
    }
    write("index-deltas", blocks(5).setBlockSize(256).setIndexBlockRestartInterval(16), Tables::hundred);
    for (int version : new int[] {2, 5, 6}) {
      write("index-two-levels-" + version, blocks(version).setBlockSize(128).setMetadataBlockSize(64)
          .setIndexBlockRestartInterval(8).setIndexType(IndexType.kTwoLevelIndexSearch), Tables::hundred);
    }
    write("index-first-keys", blocks(5).setIndexType(IndexType.kBinarySearchWithFirstKey), Tables::hundred);
    write("data-hash-index", blocks(5).setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash), Tables::hundred);
    for (String kind : new String[] {"SNAPPY", "LZ4", "ZSTD", "ZLIB"}) {
      write("compressed-" + kind, blocks(5), CompressionType.valueOf(kind + "_COMPRESSION"), Tables::hundred);
    }
    write("all-kinds", blocks(5), Tables::allKinds);
  }

  static BlockBasedTableConfig blocks(int version) {
    return new BlockBasedTableConfig().setFormatVersion(version).setBlockSize(512);
  }

  static void hundred(RocksDB db, ColumnFamilyHandle state, WriteOptions options) throws Exception {
    for (int i = 0; i < 100; i++) {
      String value = "value " + i + " " + "abc".repeat(i % 7);
      db.put(state, options, String.format("key-%05d", i).getBytes(), value.getBytes());
    }
  }

  /** Snapshots keep what later writes hide. all-kinds.txt is what RocksDB shows of it. */
  static void allKinds(RocksDB db, ColumnFamilyHandle state, WriteOptions options) throws Exception {
    for (int i = 10; i < 50; i++) db.put(state, options, ("k" + i).getBytes(), ("old" + i).getBytes());
    db.getSnapshot();
    db.delete(state, options, "k12".getBytes());
    db.singleDelete(state, options, "k13".getBytes());
    db.put(state, options, "k14".getBytes(), "new".getBytes());
    db.merge(state, options, "k15".getBytes(), "m1".getBytes());
    db.getSnapshot();
    db.merge(state, options, "k15".getBytes(), "m2".getBytes());
    db.merge(state, options, "l1".getBytes(), "a".getBytes());
    db.merge(state, options, "l1".getBytes(), "b".getBytes());
    db.getSnapshot();
    db.deleteRange(state, options, "k20".getBytes(), "k30".getBytes());
    db.getSnapshot();
    db.put(state, options, "k25".getBytes(), "back".getBytes());
    db.merge(state, options, "k26".getBytes(), "after".getBytes());
    db.deleteRange(state, options, "k28".getBytes(), "k35".getBytes());
    db.flush(new FlushOptions().setWaitForFlush(true), state);
    try (RocksIterator shown = db.newIterator(state);
        PrintWriter lines = new PrintWriter(target.resolve("all-kinds.txt").toFile())) {
      for (shown.seekToFirst(); shown.isValid(); shown.next()) {
        lines.println(new String(shown.key()) + "=" + new String(shown.value()));
      }
    }
  }

  static void write(String name, BlockBasedTableConfig blocks, Writes writes) throws Exception {
    write(name, blocks, CompressionType.NO_COMPRESSION, writes);
  }

  static void write(String name, BlockBasedTableConfig blocks, CompressionType compression, Writes writes)
      throws Exception {
    Path directory = Files.createTempDirectory("tables");
    ColumnFamilyOptions family = new ColumnFamilyOptions().setTableFormatConfig(blocks)
        .setCompressionType(compression).setMergeOperatorName("stringappendtest").setDisableAutoCompactions(true);
    List<ColumnFamilyDescriptor> families = List.of(
        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY), new ColumnFamilyDescriptor("state".getBytes(), family));
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    DBOptions open = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
    try (RocksDB db = RocksDB.open(open, directory.toString(), families, handles)) {
      writes.put(db, handles.get(1), new WriteOptions().setDisableWAL(true));
      db.flush(new FlushOptions().setWaitForFlush(true), handles.get(1));
      LiveFileMetaData file = db.getLiveFilesMetaData().get(0);
      Files.copy(Path.of(file.path() + file.fileName()), target.resolve(name + ".sst"), StandardCopyOption.REPLACE_EXISTING);
      handles.forEach(ColumnFamilyHandle::close);
    }
  }
}
