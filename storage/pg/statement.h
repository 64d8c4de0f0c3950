// One named SQL statement. The text lives in storage/sql/*.sql; the build turns each into a
// constant of this type in "storage/sql/statements.h", namespace selfsame::storage::sql.
#ifndef SELFSAME_STORAGE_PG_STATEMENT_H_
#define SELFSAME_STORAGE_PG_STATEMENT_H_

namespace selfsame::pg {

struct Statement {
  const char* name;  // Unique among all statements; also its name as a prepared statement.
  const char* sql;
};

}  // namespace selfsame::pg

#endif  // SELFSAME_STORAGE_PG_STATEMENT_H_
