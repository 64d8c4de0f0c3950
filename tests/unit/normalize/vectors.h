// Reading the vector files, and counting what passes.
#ifndef SELFSAME_TESTS_UNIT_NORMALIZE_VECTORS_H_
#define SELFSAME_TESTS_UNIT_NORMALIZE_VECTORS_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace selfsame::normalize::test {

// The rows of a tab-separated file without its heading.
std::vector<std::vector<std::string>> ReadTsv(const std::string& path);

// A JSON file whole.
nlohmann::json ReadJson(const std::string& path);

// One string case of a JSON-Schema format file.
struct FormatCase {
  std::string data;
  bool valid = false;
};
std::vector<FormatCase> ReadFormatCases(const std::string& path);

// One address of is_email's file, its control pictures made the control characters they stand for.
struct IsEmailCase {
  int id = 0;
  std::string address;
  std::string category;
};
std::vector<IsEmailCase> ReadIsEmailCases(const std::string& path);

// Which cases did not come out as the vectors say. Prints one line of the table of pass counts.
class Tally {
 public:
  explicit Tally(std::string name) : name_(std::move(name)) {}
  ~Tally();
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void Count(bool passed, const std::string& what);
  const std::set<std::string>& exceptions() const { return exceptions_; }

 private:
  std::string name_;
  int cases_ = 0;
  int passed_ = 0;
  std::set<std::string> exceptions_;
};

// Prints how long one call takes; asserts nothing, since other work may share the machine.
void PrintTime(const std::string& name, const std::function<void()>& call);

}  // namespace selfsame::normalize::test

#endif  // SELFSAME_TESTS_UNIT_NORMALIZE_VECTORS_H_
