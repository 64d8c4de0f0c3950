// `selfsame contract`: what a client in any language is generated from.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.h"
#include "cli/contract_set.h"

namespace selfsame::cli {
namespace {

ExitCode Run(const Invocation& run) {
  if (isatty(STDOUT_FILENO) == 1) {
    return run.output.Fail(Error{.code = ErrorCode::kInvalidArgument,
                                 .reason = "OUTPUT_IS_A_TERMINAL",
                                 .message = "the contract is binary; redirect standard output to a "
                                            "file, for example selfsame.binpb"});
  }
  const std::string_view set = ContractSetFiles().front().text;
  const bool is_written = std::fwrite(set.data(), 1, set.size(), stdout) == set.size();
  return is_written ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace

void AddContract(CLI::App& root, CommandLine& line) {
  AddVerb(
      root, line,
      {.name = "contract",
       .about = "Print the gRPC contract as a protobuf descriptor set. It holds every .proto file "
                "with its imports and comments: protoc --descriptor_set_in generates clients from "
                "it. Needs no server.",
       .examples = "selfsame contract > selfsame.binpb"},
      Run);
}

}  // namespace selfsame::cli
