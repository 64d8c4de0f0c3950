// Names of outcomes, as the wire contract spells them.
#ifndef SELFSAME_CLI_OUTCOME_H_
#define SELFSAME_CLI_OUTCOME_H_

#include <string>

#include "selfsame/ingest/v1/ingest.pb.h"

namespace selfsame::cli {

// "ACCEPTED"; for a value this program does not know, "OUTCOME_<number>".
std::string OutcomeName(ingest::v1::Outcome outcome);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_OUTCOME_H_
