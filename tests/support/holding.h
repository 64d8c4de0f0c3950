// Somebody else's transaction that holds a lock.
#ifndef SELFSAME_TESTS_SUPPORT_HOLDING_H_
#define SELFSAME_TESTS_SUPPORT_HOLDING_H_

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "tests/support/test_database.h"

namespace selfsame::test {

// Holds what a statement locks until it goes.
class Holding {
 public:
  Holding(const TestDatabase& database, const std::string& sql)
      : session_(Must(pg::Session::Connect(
            {.url = database.url(), .statement_wait = std::chrono::milliseconds(0)}))),
        thread_([this, sql] {
          Must(session_->InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
            tx.exec(sql);
            held_.set_value();
            released_.get_future().wait();
            return {};
          }));
        }) {
    held_.get_future().wait();
  }
  ~Holding() { released_.set_value(); }
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;

 private:
  const std::unique_ptr<pg::Session> session_;
  std::promise<void> held_;
  std::promise<void> released_;
  std::jthread thread_;  // Last: it uses the others, and ends first.
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_HOLDING_H_
