// The quality report: what the data is worth, as one HTML file for people without dashboards.
#ifndef SELFSAME_CLI_QUALITY_REPORT_PAGE_H_
#define SELFSAME_CLI_QUALITY_REPORT_PAGE_H_

#include <string>
#include <vector>

#include "base/time.h"
#include "cli/quality/objectives.h"
#include "selfsame/catalog/v1/catalog.pb.h"
#include "selfsame/quality/v1/quality.pb.h"
#include "selfsame/quarantine/v1/quarantine.pb.h"

namespace selfsame::cli {

// What the server said, all of one tenant, and what was aimed at.
struct QualityFacts {
  quality::v1::GetQualityResponse quality;
  quality::v1::CountRecordsResponse hours;
  catalog::v1::ListFieldsResponse fields;
  catalog::v1::ListDriftResponse drift;
  quarantine::v1::CountResponse quarantine;
  quarantine::v1::ListResponse broken;  // A page of those that were received since then.
  std::vector<Objective> objectives;    // Empty: no targets are shown.
  TimeUs since;                         // Of the hours.
};

// From where on the hours are to be asked for, so that the first column is a whole day.
TimeUs ReportSince(TimeUs now, std::uint32_t days);

// Needs no network and runs no script; reads well on a phone.
std::string QualityHtml(const QualityFacts& facts, TimeUs now);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUALITY_REPORT_PAGE_H_
