// The gRPC limit: a server that takes the same requests in the same way as selfsamed, and does
// nothing but answer ACCEPTED for each record. Runs in a process of its own.
#ifndef SELFSAME_TESTS_BENCH_ANSWER_SERVER_H_
#define SELFSAME_TESTS_BENCH_ANSWER_SERVER_H_

#include <functional>
#include <string>

namespace selfsame::bench {

// Serves on a free port of the loopback until SIGTERM, which has to be blocked already. Tells the
// address first. Returns whether it could listen.
bool ServeAnswers(const std::function<void(const std::string& address)>& on_listening);

}  // namespace selfsame::bench

#endif  // SELFSAME_TESTS_BENCH_ANSWER_SERVER_H_
