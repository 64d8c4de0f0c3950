// Payloads whose check is measured alone: no network, no database, one thread.
#ifndef SELFSAME_TESTS_BENCH_CHECK_CASES_H_
#define SELFSAME_TESTS_BENCH_CHECK_CASES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/schema/compiled_schema.h"
#include "server/schema/payload.h"

namespace selfsame::bench {

struct CheckCase {
  std::string title;
  std::shared_ptr<const schema::CompiledSchema> schema;
  schema::Encoding encoding = schema::Encoding::kProtobuf;
  std::vector<std::string> payloads;  // Of other people each, all valid.
};

// Profile updates of twelve fields, with a phone among them and without, and events; each in both
// encodings. The same for the same seed.
std::vector<CheckCase> CheckCases(std::uint64_t seed);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_CHECK_CASES_H_
