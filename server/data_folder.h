// The data folder of a server, locked: two servers on one folder would end each other's endpoint,
// and wait for each other's PostgreSQL.
#ifndef SELFSAME_SERVER_DATA_FOLDER_H_
#define SELFSAME_SERVER_DATA_FOLDER_H_

#include <memory>
#include <string>

#include "base/result.h"

namespace selfsame::server {

// Locked from Open until destroyed or killed. Owned by one thread.
class DataFolder {
 public:
  // Makes the folder where absent, and locks it before anything within is touched. Never waits.
  // Errors: kFailedPrecondition DATA_DIR_UNUSABLE (the file system says no), DATA_DIR_IN_USE
  // (another server has it), which names its process.
  static Result<std::unique_ptr<DataFolder>> Open(const std::string& path);

  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

 private:
  explicit DataFolder(int fd) : fd_(fd) {}

  const int fd_;  // Of the file that is locked.
};

}  // namespace selfsame::server

#endif  // SELFSAME_SERVER_DATA_FOLDER_H_
