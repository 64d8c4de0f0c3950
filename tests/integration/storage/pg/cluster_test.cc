#include "storage/pg/cluster.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "storage/pg/session.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_database.h"

namespace selfsame::pg {
namespace {

namespace fs = std::filesystem;
using test::Must;
using test::TempFolder;

ClusterOptions Discardable(const std::string& data_dir) {
  return {.data_dir = data_dir, .socket_dir = "", .durability = Durability::kDiscardable};
}

std::string Ask(const Cluster& cluster, const std::string& database, const std::string& sql) {
  const auto session = Must(Session::Connect({.url = cluster.url(database)}));
  return Must(session->InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<std::string> {
    const auto rows = tx.exec(sql);
    return rows.empty() ? std::string() : rows[0][0].as<std::string>();
  }));
}

// Runs a server of ours that starts a cluster, writes one row and then does nothing until killed.
// Returns its pid and, through `postmaster`, that of its PostgreSQL.
pid_t StartVictim(const std::string& data_dir, pid_t* postmaster) {
  int ready[2];
  EXPECT_EQ(pipe(ready), 0);
  const pid_t victim = fork();
  if (victim == 0) {
    const auto cluster = Must(Cluster::Start(Discardable(data_dir)));
    Must(cluster->EnsureDatabase("app"));
    Ask(*cluster, "app", "CREATE TABLE kept AS SELECT 'committed'::text AS value");
    const pid_t pid = cluster->pid();
    if (write(ready[1], &pid, sizeof(pid)) != sizeof(pid)) _exit(1);
    for (;;) pause();
  }
  close(ready[1]);
  EXPECT_EQ(read(ready[0], postmaster, sizeof(*postmaster)), ssize_t{sizeof(*postmaster)});
  close(ready[0]);
  return victim;
}

void Kill(pid_t victim) {
  kill(victim, SIGKILL);
  EXPECT_EQ(waitpid(victim, nullptr, 0), victim);
}

TEST(ClusterTest, DataSurvivesARestart) {
  const TempFolder folder;
  const ClusterOptions options{.data_dir = folder.path() + "/pg"};
  {
    const auto cluster = Must(Cluster::Start(options));
    Must(cluster->EnsureDatabase("app"));
    Must(cluster->EnsureDatabase("app"));
    Ask(*cluster, "app", "CREATE TABLE kept AS SELECT 'committed'::text AS value");
    EXPECT_EQ(Ask(*cluster, "app", "SHOW fsync"), "on");
  }
  const auto cluster = Must(Cluster::Start(options));
  EXPECT_EQ(Ask(*cluster, "app", "SELECT value FROM kept"), "committed");
}

TEST(ClusterTest, KillingTheServerEndsItsPostgresAndTheNextServerTakesOver) {
  const TempFolder folder;
  pid_t postmaster = 0;
  const pid_t victim = StartVictim(folder.path() + "/pg", &postmaster);
  ASSERT_EQ(kill(postmaster, 0), 0);

  Kill(victim);

  const auto cluster = Must(Cluster::Start(Discardable(folder.path() + "/pg")));
  EXPECT_TRUE(AwaitProcessEnd(postmaster, std::chrono::seconds(0)));
  EXPECT_EQ(Ask(*cluster, "app", "SELECT value FROM kept"), "committed");
}

TEST(ClusterTest, KilledServersPostgresGoesWithoutASuccessor) {
  const TempFolder folder;
  pid_t postmaster = 0;
  const pid_t victim = StartVictim(folder.path() + "/pg", &postmaster);
  Kill(victim);
  EXPECT_TRUE(AwaitProcessEnd(postmaster, std::chrono::seconds(60)));
}

TEST(ClusterTest, SecondServerOnTheSameFolderIsRefused) {
  const TempFolder folder;
  ClusterOptions options = Discardable(folder.path() + "/pg");
  const auto first = Must(Cluster::Start(options));
  options.start_wait = std::chrono::milliseconds(300);

  const auto second = Cluster::Start(options);

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "CLUSTER_BUSY");
  EXPECT_EQ(second.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(Ask(*first, "postgres", "SELECT 1"), "1");
}

TEST(ClusterTest, StoppedClusterIsGoneAndStopMayBeRepeated) {
  const TempFolder folder;
  const auto cluster = Must(Cluster::Start(Discardable(folder.path() + "/pg")));
  const pid_t postmaster = cluster->pid();
  cluster->Stop();
  cluster->Stop();
  EXPECT_TRUE(AwaitProcessEnd(postmaster, std::chrono::seconds(0)));
}

TEST(ClusterTest, IsReachableThroughAPrivateSocketOnly) {
  const TempFolder folder;
  const auto cluster = Must(Cluster::Start(Discardable(folder.path() + "/pg")));
  EXPECT_EQ(Ask(*cluster, "postgres", "SHOW listen_addresses"), "");
  struct stat status {};
  ASSERT_EQ(stat((folder.path() + "/pg/.s.PGSQL.5432").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

// Control-C in a terminal reaches every process of the foreground group; PostgreSQL must outlive
// the draining of the server.
TEST(ClusterTest, RunsOutsideOurTerminalsProcessGroup) {
  const TempFolder folder;
  const auto cluster = Must(Cluster::Start(Discardable(folder.path() + "/pg")));
  EXPECT_NE(getpgid(cluster->pid()), getpgid(0));
  EXPECT_NE(getsid(cluster->pid()), getsid(0));
}

TEST(ClusterTest, FolderTooDeepForASocketGetsAShortOne) {
  const TempFolder folder;
  const std::string data_dir = folder.path() + "/" + std::string(100, 'd');
  std::string socket_dir;
  {
    const auto cluster = Must(Cluster::Start(Discardable(data_dir)));
    socket_dir = Ask(*cluster, "postgres", "SHOW unix_socket_directories");
    EXPECT_TRUE(socket_dir.starts_with("/tmp/selfsame-")) << socket_dir;
  }
  EXPECT_FALSE(fs::exists(socket_dir));
}

TEST(ClusterTest, HalfMadeFolderIsMadeAgain) {
  const TempFolder folder;
  fs::create_directories(folder.path() + "/pg.new");
  std::ofstream(folder.path() + "/pg.new/PG_VERSION") << "15\n";
  fs::create_directories(folder.path() + "/pg");
  const auto cluster = Must(Cluster::Start(Discardable(folder.path() + "/pg")));
  EXPECT_EQ(Ask(*cluster, "postgres", "SELECT 1"), "1");
  EXPECT_FALSE(fs::exists(folder.path() + "/pg.new"));
}

TEST(ClusterTest, FailureNamesALogThatSaysWhy) {
  const TempFolder folder;
  const std::string data_dir = folder.path() + "/pg";
  fs::create_directories(data_dir);
  std::ofstream(data_dir + "/notes.txt") << "not a cluster";

  const auto cluster = Cluster::Start(Discardable(data_dir));

  ASSERT_FALSE(cluster.ok());
  EXPECT_EQ(cluster.error().reason, "CLUSTER_START_FAILED");
  const std::string log = data_dir + "/server.log";
  EXPECT_NE(cluster.error().message.find(log), std::string::npos) << cluster.error().message;
  EXPECT_GT(fs::file_size(log), 0u);
}

TEST(ClusterTest, MissingProgramsAreReported) {
  const TempFolder folder;
  ASSERT_EQ(setenv("SELFSAME_PG_BIN", folder.path().c_str(), 1), 0);
  const auto cluster = Cluster::Start(Discardable(folder.path() + "/pg"));
  ASSERT_EQ(unsetenv("SELFSAME_PG_BIN"), 0);
  ASSERT_FALSE(cluster.ok());
  EXPECT_EQ(cluster.error().reason, "CLUSTER_NOT_FOUND");
  EXPECT_EQ(cluster.error().code, ErrorCode::kFailedPrecondition);
}

}  // namespace
}  // namespace selfsame::pg
