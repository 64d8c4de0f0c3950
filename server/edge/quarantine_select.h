// What the calls of QuarantineService ask for, and what they answer of a record.
#ifndef SELFSAME_SERVER_EDGE_QUARANTINE_SELECT_H_
#define SELFSAME_SERVER_EDGE_QUARANTINE_SELECT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "selfsame/quarantine/v1/quarantine.pb.h"
#include "server/edge/pool_call.h"
#include "server/edge/profile_ref.h"
#include "storage/quarantine_desk.h"

namespace selfsame::edge {

// Errors: kInvalidArgument SOURCE_UNKNOWN, TIME_OUT_OF_RANGE, QUARANTINE_ID_MALFORMED,
// TOO_MANY_IDS, naming the field.
Result<storage::QuarantineSelector> DecodeSelector(const quarantine::v1::Selector& selector,
                                                   const Caller& caller);

// One page of what a selector selects.
struct QuarantinePage {
  std::vector<storage::Quarantined> rows;
  std::string next_page_token;  // Empty: the last.
};

// Errors: as DecodeSelector; kInvalidArgument PAGE_TOKEN_MALFORMED, PAGE_SIZE_OUT_OF_RANGE.
template <typename Request>
Result<QuarantinePage> ReadQuarantinePage(pg::Session& session, const Caller& caller,
                                          const Request& request, int page_size_default);
Result<QuarantinePage> ReadQuarantinePage(pg::Session& session, const Caller& caller,
                                          const quarantine::v1::Selector& selector,
                                          const std::string& page_token, int page_size);

template <typename Request>
Result<QuarantinePage> ReadQuarantinePage(pg::Session& session, const Caller& caller,
                                          const Request& request, int page_size_default) {
  SELFSAME_ASSIGN_OR_RETURN(const int page_size,
                            PageSizeOf(request.page_size(), page_size_default));
  return ReadQuarantinePage(session, caller, request.selector(), request.page_token(), page_size);
}

void EncodeQuarantined(const storage::Quarantined& row, const Caller& caller,
                       const registry::QuarantineDays& days,
                       quarantine::v1::QuarantinedRecord* reply);

void EncodeViolations(const std::vector<Violation>& violations,
                      google::protobuf::RepeatedPtrField<ingest::v1::FieldViolation>* reply);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_QUARANTINE_SELECT_H_
