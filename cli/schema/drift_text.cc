#include "cli/schema/drift_text.h"

#include <fmt/format.h>

#include "cli/import/progress.h"
#include "cli/output.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

std::string SchemaAndVersion(const std::string& schema, std::uint32_t version) {
  return fmt::format("{} v{}", schema, version);
}

}  // namespace

std::string DriftText(const catalog::v1::ListDriftResponse& drift) {
  Table unknown{.headings = {"SOURCE", "SCHEMA", "UNKNOWN", "COUNT", "FIRST SEEN", "LAST SEEN"}};
  for (const auto& entry : drift.unknown()) {
    unknown.rows.push_back({entry.source(),
                            SchemaAndVersion(entry.schema(), entry.schema_version()),
                            (entry.is_enum_value() ? "value of " : "field ") + entry.path(),
                            FormatCount(entry.count()), FormatMoment(entry.first_seen_at()),
                            FormatMoment(entry.last_seen_at())});
  }
  Table versions{.headings = {"SOURCE", "SCHEMA", "RECORDS", "SHARE", "LAST SEEN"}};
  for (const auto& entry : drift.versions()) {
    versions.rows.push_back(
        {entry.source(), SchemaAndVersion(entry.schema(), entry.schema_version()),
         FormatCount(entry.records()), fmt::format("{:.1f} %", entry.share() * 100),
         FormatMoment(entry.last_seen_at())});
  }
  return (unknown.rows.empty() ? "nothing unknown\n" : FormatTable(unknown)) + "\n" +
         FormatTable(versions);
}

}  // namespace selfsame::cli
