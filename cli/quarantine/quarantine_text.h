// Quarantined records and what became of them, as text for people and as JSON.
#ifndef SELFSAME_CLI_QUARANTINE_QUARANTINE_TEXT_H_
#define SELFSAME_CLI_QUARANTINE_QUARANTINE_TEXT_H_

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "selfsame/quarantine/v1/quarantine.pb.h"

namespace selfsame::cli {

// Records as a table, one a line.
std::string QuarantineTable(const quarantine::v1::ListResponse& records);

// Groups as a table, and how many there are in all.
std::string CountTable(const quarantine::v1::CountResponse& counts);

// A card: where the record comes from, every violation, and the copies made of it.
std::string QuarantineCard(const quarantine::v1::GetResponse& response);

// Violations, one a line: "payload.country  COUNTRY_UNKNOWN  not a country".
std::string ViolationTable(
    const google::protobuf::RepeatedPtrField<ingest::v1::FieldViolation>& violations);

// What came of a replay, summed over its pages.
struct ReplaySummary {
  bool dry_run = false;
  bool finished = false;  // False: it was stopped, or the server was gone for too long.
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t rejected = 0;
  std::map<std::string, std::uint64_t> reasons;  // Of those that stay.

  std::uint64_t records() const { return accepted + quarantined + duplicate + rejected; }
  void Add(const quarantine::v1::ReplayResponse& page);
};
std::string ReplayText(const ReplaySummary& summary);
nlohmann::ordered_json ReplayJson(const ReplaySummary& summary);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUARANTINE_QUARANTINE_TEXT_H_
