// What both programs check of their command lines before the parser sees them.
#ifndef SELFSAME_BASE_ARGUMENTS_H_
#define SELFSAME_BASE_ARGUMENTS_H_

#include <string>

namespace selfsame {

// The first option whose value is empty (`--name ""` or `--name=`), as it was written; empty: none.
// The parser would take the next word of the command line as the value.
std::string OptionWithoutValue(int count, const char* const* arguments);

}  // namespace selfsame

#endif  // SELFSAME_BASE_ARGUMENTS_H_
