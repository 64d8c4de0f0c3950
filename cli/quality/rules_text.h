// Rules for Prometheus, made of objectives: of each its value, its target, and an alert to its
// owner.
#ifndef SELFSAME_CLI_QUALITY_RULES_TEXT_H_
#define SELFSAME_CLI_QUALITY_RULES_TEXT_H_

#include <span>
#include <string>

#include "cli/quality/objectives.h"

namespace selfsame::cli {

// The PromQL of what an objective measures, by tenant and, where records are measured, source.
std::string ValueQuery(const Objective& objective);

// A file of rules as Prometheus reads it.
std::string RulesYaml(std::span<const Objective> objectives);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUALITY_RULES_TEXT_H_
