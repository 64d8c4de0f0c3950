// Reading the vector files, and counting what passes.
#ifndef SELFSAME_TESTS_UNIT_NORMALIZE_VECTORS_H_
#define SELFSAME_TESTS_UNIT_NORMALIZE_VECTORS_H_

#include <gtest/gtest.h>

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

// Why some cases do not come out as the vectors say.
struct ExpectedExceptions {
  std::string reason;  // For a reader of the table.
  std::set<std::string> cases;
};

// Counts which cases come out as the vectors say. Its end is a row of the table of pass counts, and
// fails the test where a case that does not has no reason.
class Tally {
 public:
  explicit Tally(std::string name) : name_(std::move(name)) {}
  ~Tally();
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void Count(bool passed, const std::string& what);

  // Fails the test unless these are the exceptions, all of them and no others. At most one call.
  void ExpectExceptions(const std::vector<ExpectedExceptions>& groups);

  // Says for how many exceptions this is the reason, where a test counts them by itself.
  void Explain(const std::string& reason, int count);

 private:
  std::string name_;
  int cases_ = 0;
  std::vector<std::string> failed_;
  int explained_ = 0;
  std::string reasons_;
};

// The suite of all tests against published vectors. When it has run, it prints the table, as in
// docs/NORMALIZATION.md; files that were absent are no rows.
class NormalizerVectors : public ::testing::Test {
 protected:
  static void TearDownTestSuite();
};

// Prints how long one call takes; asserts nothing, since other work may share the machine.
void PrintTime(const std::string& name, const std::function<void()>& call);

}  // namespace selfsame::normalize::test

#endif  // SELFSAME_TESTS_UNIT_NORMALIZE_VECTORS_H_
