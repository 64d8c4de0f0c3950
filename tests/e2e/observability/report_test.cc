// The quality report as a reader sees it: opened in the real Chromium, on a desk and on a phone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/e2e/installation.h"
#include "tests/e2e/observability/prometheus.h"
#include "tests/e2e/tool.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kWidths = {"1280", "390"};

// What look_at_page.py says of a page; the pictures are in the folder.
nlohmann::json LookAt(const std::string& page, const std::string& folder) {
  std::vector<std::string> arguments = {"-B", SourcePath("tests/e2e/observability/look_at_page.py"),
                                        page, folder};
  arguments.insert(arguments.end(), kWidths.begin(), kWidths.end());
  const ProgramOutput looked = RunInstalled("python3", arguments);
  EXPECT_EQ(looked.exit_code, 0) << looked.text;
  return nlohmann::json::parse(looked.text, nullptr, false);
}

bool IsSeen() { return !Installed("chromium").empty() && !Installed("chromedriver").empty(); }

class ReportTest : public InstallationTest {
 protected:
  void SetUp() override {
    if (!IsSeen()) {
      GTEST_SKIP() << "no chromium and chromedriver on this machine: ./dev setup installs them";
    }
  }

  // Something to say in every section.
  void Fill() {
    const std::string crm = AddSource("crm", 50);
    IngestClient other(server_->grpc_address(), crm);
    for (int i = 0; i < 30; ++i) {
      const std::string n = std::to_string(i);
      Track(EventBuilder("view-" + n).With("customer_id", "c-" + n));
      Update(UpdateBuilder("web-" + n)
                 .With("customer_id", "c-" + n)
                 .Json(R"({"email":"c)" + n + R"(@shop.test","first_name":"Ada"})"));
      Update(other, UpdateBuilder("crm-" + n)
                        .With("customer_id", "c-" + n)
                        .Json(R"({"city":"Leeds","country":"United Kingdom"})"));
    }
    Update(UpdateBuilder("bad").With("customer_id", "c-1").Json(R"({"email":"nobody"})"));
    Track(EventBuilder("odd")
              .With("customer_id", "c-1")
              .Json(R"({"url":"https://shop.test/","a_field_that_no_schema_knows":1})"));
  }

  Tool tool_{{"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key}};
  const TempFolder folder_;
};

TEST_F(ReportTest, IsReadOnADeskAndOnAPhoneWithoutAnythingElse) {
  Fill();
  const ToolResult drawn =
      tool_.Run({"quality", "draw", "email", "--size", "10", "--output", "json"});
  ASSERT_EQ(drawn.exit_code, 0) << drawn.errors;
  const auto audit = drawn.Json()["audit_id"].get<std::string>();
  for (const char* number : {"1", "2", "3"}) {
    ASSERT_EQ(tool_.Run({"quality", "judge", audit, number, "right"}).exit_code, 0);
  }
  // Sums come up within some seconds.
  const std::string page = folder_.path() + "/quality.html";
  const std::vector<std::string> wanted = {"<small>People</small><b>30</b>", "EMAIL_INVALID",
                                           "a_field_that_no_schema_knows", "3 of 10"};
  const auto is_told = [&] {
    const ToolResult written = tool_.Run({"quality", "report", "--html", page});
    EXPECT_EQ(written.exit_code, 0) << written.errors;
    const std::string html = ReadWholeFile(page);
    return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& text) {
      return html.find(text) != std::string::npos;
    });
  };
  const Deadline deadline = Deadline::After(kPatience);
  while (!is_told()) ASSERT_FALSE(deadline.Expired()) << ReadWholeFile(page);
  EXPECT_THAT(ReadWholeFile(page), Not(HasSubstr("c1@shop.test")));  // INV-10

  const auto seen = LookAt(page, folder_.path());
  EXPECT_EQ(seen["errors"], nlohmann::json::array());
  EXPECT_EQ(seen["requests"], nlohmann::json::array());
  for (const std::string& width : kWidths) {
    const auto nothing = nlohmann::json::array();
    const nlohmann::json expected = {
        {"overflow", 0}, {"outside", nothing}, {"tiny", nothing}, {"hidden", nothing}};
    EXPECT_EQ(seen["widths"][width], expected) << width;
    EXPECT_THAT(ReadWholeFile(folder_.path() + "/" + width + ".png").substr(0, 4),
                HasSubstr("PNG"));
  }
}

// The test above would notice.
TEST_F(ReportTest, APageThatIsNotRightIsNoticed) {
  const std::string page = folder_.path() + "/wrong.html";
  std::ofstream(page)
      << "<!doctype html><section><h1>wide</h1><p style=\"width:500px;font-size:8px\">tiny</p>"
         "</section><section></section><img src=\"missing.png\">"
         "<script>no_such_function()</script>";
  const auto seen = LookAt(page, folder_.path());
  EXPECT_THAT(seen["errors"].dump(), HasSubstr("no_such_function"));
  EXPECT_EQ(seen["requests"].size(), 1u);
  EXPECT_GT(seen["widths"]["390"]["overflow"], 100);
  EXPECT_EQ(seen["widths"]["1280"]["overflow"], 0);
  EXPECT_EQ(seen["widths"]["390"]["outside"].size(), 1u);
  EXPECT_EQ(seen["widths"]["390"]["tiny"].size(), 1u);
  EXPECT_EQ(seen["widths"]["390"]["hidden"].size(), 1u);
}

}  // namespace
}  // namespace selfsame::test
