// One HTTP request to a server on this machine: what a look at /metrics takes, and no more.
#ifndef SELFSAME_CLI_DEMO_HTTP_GET_H_
#define SELFSAME_CLI_DEMO_HTTP_GET_H_

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace selfsame::cli {

// The body of http://HOST:PORT/PATH. HOST is an IPv4 address.
// Errors: kUnavailable HTTP_FAILED when there is no answer by the deadline, none with status 200,
// or one longer than 4 MiB.
Result<std::string> HttpGet(const std::string& host_port, const std::string& path,
                            Deadline deadline);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DEMO_HTTP_GET_H_
