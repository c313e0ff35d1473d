import java.io.File;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.Credentials.SerializedFormat;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;

/**
 * Gives and takes back delegation tokens of a secured cluster, as a user with a Kerberos ticket would.
 *
 * get KEYTAB FILE waits for the DataNode, makes /alice as the superuser; prints a token of alice, as WebHDFS takes it,
 *                 and writes it to FILE.WRITABLE and FILE.PROTOBUF as Hadoop's tools do
 * cancel KEYTAB TOKEN
 */
public class DelegationTokens {
  public static void main(String[] args) throws Exception {
    String keytab = new File(args[1]).getPath();
    if (args[0].equals("get")) {
      DistributedFileSystem asSuperuser = (DistributedFileSystem) loginAs("hdfs/localhost", keytab);
      while (asSuperuser.getDataNodeStats(DatanodeReportType.LIVE).length == 0) Thread.sleep(100);
      asSuperuser.mkdirs(new Path("/alice"));
      asSuperuser.setOwner(new Path("/alice"), "alice", "alice");
      Token<?> token = loginAs("alice", keytab).getDelegationToken("alice");
      Credentials credentials = new Credentials();
      credentials.addToken(token.getService(), token);
      for (SerializedFormat format : SerializedFormat.values()) {
        File file = new File(args[2] + "." + format);
        credentials.writeTokenStorageFile(new Path(file.toURI()), new Configuration(), format);
      }
      System.out.println(token.encodeToUrlString());
    } else {
      FileSystem asAlice = loginAs("alice", keytab);
      Token<?> token = new Token<>();
      token.decodeFromUrlString(args[2]);
      token.cancel(asAlice.getConf());
    }
  }

  private static FileSystem loginAs(String principal, String keytab) throws Exception {
    Configuration configuration = new Configuration();
    UserGroupInformation.setConfiguration(configuration);
    UserGroupInformation.loginUserFromKeytab(principal, keytab);
    return FileSystem.newInstance(configuration);
  }
}
