// A private PostgreSQL that ends, killed or for want of disk space, comes back by itself.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <pqxx/transaction>

#include "storage/pg/session.h"
#include "tests/e2e/operating/daemon.h"
#include "tests/e2e/tool.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;

pid_t PostmasterOf(const std::string& data_dir) {
  pid_t pid = 0;
  std::ifstream(data_dir + "/postgres/postmaster.pid") >> pid;
  return pid;
}

TEST(PrivatePostgresTest, AKilledPostmasterIsStartedAgain) {
  const TempFolder folder;
  Daemon daemon({"--data-dir", folder.path()});
  ASSERT_TRUE(daemon.AwaitReady()) << daemon.Log();
  for (int round = 0; round < 2; ++round) {
    const pid_t killed = PostmasterOf(folder.path());
    ASSERT_GT(killed, 0);
    kill(killed, SIGKILL);
    EXPECT_TRUE(Comes([&] {
      const pid_t now = PostmasterOf(folder.path());
      return now > 0 && now != killed && daemon.Get("/readyz") == "READY\n";
    })) << daemon.Log();
  }
  EXPECT_THAT(daemon.Log(), HasSubstr("private postgresql ended"));
  EXPECT_THAT(daemon.Log(), HasSubstr("postgres/server.log"));
  daemon.Signal(SIGTERM);
  EXPECT_EQ(daemon.AwaitExit(std::chrono::seconds(60)), 0);
}

// A small file system of its own, unmounted when it goes.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path) : path_(path) {
    mkdir(path.c_str(), 0755);
    is_mounted_ = mount("none", path.c_str(), "tmpfs", 0, "size=192m,mode=0755") == 0;
    error_ = errno;
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(path_.c_str(), MNT_DETACH);
  }

  bool is_mounted() const { return is_mounted_; }
  const char* why_not() const { return std::strerror(error_); }

  // Takes all space that is left.
  void Fill() {
    const int fd = open((path_ + "/ballast").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string block(64 << 10, 'x');
    while (write(fd, block.data(), block.size()) > 0) continue;
    for (char byte = 'x'; write(fd, &byte, 1) > 0;) continue;
    close(fd);
  }
  void MakeRoom() { unlink((path_ + "/ballast").c_str()); }

 private:
  const std::string path_;
  bool is_mounted_ = false;
  int error_ = 0;
};

TEST(PrivatePostgresTest, ComesBackAfterAFullDiskOnceThereIsSpace) {
  const TempFolder folder;
  SmallDisk disk(folder.path() + "/disk");
  if (!disk.is_mounted()) GTEST_SKIP() << "cannot mount a tmpfs: " << disk.why_not();
  const std::string data_dir = folder.path() + "/disk/data";
  Daemon daemon({"--data-dir", data_dir, "--master-key-file", folder.path() + "/master.key"});
  ASSERT_TRUE(daemon.AwaitReady()) << daemon.Log();
  Tool tool({"SELFSAME_HOME=" + data_dir});
  ASSERT_EQ(tool.Run({"tenant", "create", "acme"}).exit_code, 0);
  ASSERT_EQ(tool.Run({"source", "create", "web", "--tenant", "acme", "--owner", "o@acme.test",
                      "--purpose", "p"})
                .exit_code,
            0);
  const ToolResult made =
      tool.Run({"key", "create", "--tenant", "acme", "--source", "web", "--scope", "ingest"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  const std::string key = made.output.substr(0, made.output.find('\n'));
  IngestClient client(daemon.grpc(), key);
  ASSERT_TRUE(Comes([&] { return client.GetLimits().ok(); }));

  disk.Fill();
  // Records are refused from now on. PostgreSQL itself ends once its log needs a new segment, which
  // a switch asks for.
  const auto endpoint = nlohmann::json::parse(ReadWholeFile(data_dir + "/endpoint.json"));
  const std::string url = endpoint["database_url"];
  int number = 0;
  EXPECT_TRUE(Comes([&] {
    const std::string name = std::to_string(number++);
    (void)client.Track(Events({EventBuilder("k" + name).With("email", name + "@x.test").Build()}));
    const auto session = pg::Session::Connect({.url = url});
    if (session.ok()) {
      (void)(*session)->InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
        tx.exec("SELECT pg_switch_wal()");
        return {};
      });
    }
    return daemon.Log().find("private postgresql ended") != std::string::npos;
  })) << daemon.Log();
  EXPECT_TRUE(daemon.AwaitLog("DATABASE_DISK_FULL")) << daemon.Log();
  EXPECT_THAT(daemon.Log(), HasSubstr("disk full"));
  EXPECT_THAT(daemon.Log(), HasSubstr("its log is " + data_dir + "/postgres/server.log"));
  EXPECT_TRUE(Comes([&] {
    return daemon.GetAny("/readyz").find("DATABASE_DISK_FULL: disk full") != std::string::npos;
  })) << daemon.GetAny("/readyz");

  disk.MakeRoom();
  EXPECT_TRUE(daemon.AwaitReady()) << daemon.Log();
  EXPECT_TRUE(Comes([&] {
    return client.Track(Events({EventBuilder("after").With("email", "after@x.test").Build()})).ok();
  }));
}

}  // namespace
}  // namespace selfsame::test
