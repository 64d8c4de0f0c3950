// What arrives that no schema knows, as text for people.
#ifndef SELFSAME_CLI_SCHEMA_DRIFT_TEXT_H_
#define SELFSAME_CLI_SCHEMA_DRIFT_TEXT_H_

#include <string>

#include "selfsame/catalog/v1/catalog.pb.h"

namespace selfsame::cli {

// Two tables: unknown fields and values; and which versions each source sends.
std::string DriftText(const catalog::v1::ListDriftResponse& drift);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_DRIFT_TEXT_H_
