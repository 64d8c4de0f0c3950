// The sections of the quality report on what sources sent: when, how well, and what was wrong.
#ifndef SELFSAME_CLI_QUALITY_REPORT_SOURCES_H_
#define SELFSAME_CLI_QUALITY_REPORT_SOURCES_H_

#include <cstdint>
#include <string>

#include "cli/quality/report_page.h"

namespace selfsame::cli {

struct Totals {
  std::uint64_t received = 0, accepted = 0, duplicate = 0, quarantined = 0, refused = 0, alike = 0;

  void Add(const quality::v1::CountRecordsResponse::Hour& hour);
};

// A chart of each source that is known, also of those that have fallen silent.
std::string SourcesSection(const QualityFacts& facts, TimeUs now);

// How much of what arrived breaks no rule and was not sent twice; and which rules are broken.
std::string ValiditySection(const QualityFacts& facts);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUALITY_REPORT_SOURCES_H_
