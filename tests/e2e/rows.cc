#include "tests/e2e/rows.h"

#include <fmt/format.h>

namespace selfsame::test {

std::vector<Row> Rows(TestDatabase& database, const std::string& sql) {
  return Must(
      database.owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<std::vector<Row>> {
        tx.exec("SET LOCAL jit = off");  // Costs a second where a guess of rows is far off.
        std::vector<Row> rows;
        for (const auto& found : tx.exec(sql)) {
          Row& row = rows.emplace_back();
          for (const auto& field : found) row.push_back(field.is_null() ? "NULL" : field.c_str());
        }
        return rows;
      }));
}

std::int64_t Number(TestDatabase& database, const std::string& sql) {
  const std::vector<Row> rows = Rows(database, sql);
  SELFSAME_CHECK(rows.size() == 1 && rows[0].size() == 1);
  return std::stoll(rows[0][0]);
}

std::int64_t CountOf(TestDatabase& database, const std::string& table) {
  return Number(database, "SELECT count(*) FROM " + table);
}

std::string ChecksumOf(TestDatabase& database, const std::string& table) {
  return Rows(database,
              fmt::format("SELECT md5(coalesce(string_agg(line, '' ORDER BY line), '')) "
                          "FROM (SELECT md5(t::text) COLLATE \"C\" AS line FROM {} AS t) AS lines",
                          table))[0][0];
}

std::int64_t DeadlocksOf(TestDatabase& database) {
  return Number(database,
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
}

}  // namespace selfsame::test
