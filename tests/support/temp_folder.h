// A folder under /tmp for one test or one test process.
#ifndef SELFSAME_TESTS_SUPPORT_TEMP_FOLDER_H_
#define SELFSAME_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <string>

namespace selfsame::test {

// Removed with all it holds when the object goes, and when the process was killed, by the next one
// that makes a folder. Others may pass through it but not list it: PostgreSQL runs as another user.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_TEMP_FOLDER_H_
