#include "tests/e2e/invariants.h"

#include <fmt/format.h>

#include <cstdint>

#include "tests/e2e/fold_invariant.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

// A promise and the query for the rows that break it.
struct Promise {
  const char* says;
  const char* breaches;
};

constexpr Promise kPromises[] = {
    {"INV-1: every ACCEPTED receipt has its record, and every record its receipt",
     R"(SELECT 1 FROM (SELECT * FROM receipts WHERE outcome = 1) AS t
        FULL JOIN records AS r USING (shard, tenant_id, source_id, key, record_id, received_at)
        WHERE t.fingerprint IS NULL OR r.anchor IS NULL)"},
    {"INV-1: every QUARANTINED receipt has its row in quarantine or a line that says who let it "
     "go, "
     "and every such row its receipt",
     R"(SELECT 1 FROM (SELECT * FROM receipts AS r WHERE r.outcome = 3
          AND NOT EXISTS (SELECT 1 FROM quarantine_log AS l WHERE l.shard = r.shard
            AND l.tenant_id = r.tenant_id AND l.quarantine_id = r.record_id AND l.action <> 1)) AS t
        FULL JOIN quarantine AS q ON q.shard = t.shard AND q.tenant_id = t.tenant_id
          AND q.source_id = t.source_id AND q.key = t.key AND q.quarantine_id = t.record_id
        WHERE t.key IS NULL OR q.key IS NULL)"},
    {"INV-1: what was left out of a record is beside a record that was stored without it",
     R"(SELECT 1 FROM record_left_out AS l
        LEFT JOIN records AS r USING (shard, tenant_id, source_id, schema_id, kind, key, record_id, received_at)
        LEFT JOIN LATERAL jsonb_array_elements(l.fields) AS field (value) ON true
        WHERE r.anchor IS NULL
          OR (r.payload_format = 2 AND convert_from(r.payload, 'UTF8')::jsonb
              #> (string_to_array(field.value ->> 'field', '.'))[2:] IS NOT NULL))"},
    {"INV-3: no key has two records",
     R"(SELECT 1 FROM records GROUP BY shard, tenant_id, source_id, key HAVING count(*) > 1)"},
    {"INV-1: every identifier of a record is a node",
     R"(SELECT shard, tenant_id, anchor FROM records
        UNION ALL
        SELECT shard, tenant_id, encode(substr(others, 1 + 16 * i, 16), 'hex')::uuid
        FROM records, generate_series(0, length(others) / 16 - 1) AS i
        EXCEPT SELECT shard, tenant_id, node_id FROM identifiers)"},
    {"INV-1: what a record says is linked is an edge",
     R"(SELECT shard, tenant_id, least(anchor, other), greatest(anchor, other)
        FROM (SELECT shard, tenant_id, anchor,
                     encode(substr(others, 1 + 16 * i, 16), 'hex')::uuid AS other
              FROM records, generate_series(0, length(others) / 16 - 1) AS i) AS linked
        EXCEPT SELECT shard, tenant_id, node_a, node_b FROM edges)"},
    {"INV-4: every identifier is in a profile that exists",
     R"(SELECT 1 FROM identifiers LEFT JOIN profiles USING (shard, tenant_id, profile_id)
        WHERE revision IS NULL)"},
    {"every profile has a member",
     R"(SELECT 1 FROM profiles LEFT JOIN identifiers USING (shard, tenant_id, profile_id)
        WHERE node_id IS NULL)"},
    {"a profile's id is the smallest among its members'",
     R"(SELECT 1 FROM identifiers GROUP BY shard, tenant_id, profile_id
        HAVING min(birth_id::text)::uuid <> profile_id)"},
    {"a component's id is the smallest among its nodes'",
     R"(SELECT 1 FROM identifiers GROUP BY shard, tenant_id, component_id
        HAVING min(birth_id::text)::uuid <> component_id)"},
    {"an edge in the graph lies within a component, and within a profile unless it is refused",
     R"(SELECT 1 FROM edges AS e
        LEFT JOIN identifiers AS a
          ON a.shard = e.shard AND a.tenant_id = e.tenant_id AND a.node_id = e.node_a
        LEFT JOIN identifiers AS b
          ON b.shard = e.shard AND b.tenant_id = e.tenant_id AND b.node_id = e.node_b
        WHERE e.refusal < 5
          AND (a.component_id IS DISTINCT FROM b.component_id
               OR (e.refusal = 0) IS DISTINCT FROM (a.profile_id = b.profile_id)))"},
    {"an edge has left the graph exactly where an end has, or somebody took it back",
     R"(SELECT 1 FROM edges AS e
        JOIN identifiers AS a
          ON a.shard = e.shard AND a.tenant_id = e.tenant_id AND a.node_id = e.node_a
        JOIN identifiers AS b
          ON b.shard = e.shard AND b.tenant_id = e.tenant_id AND b.node_id = e.node_b
        WHERE e.refusal NOT IN (7, 8) AND e.strength < 3
          AND (e.refusal >= 5) IS DISTINCT FROM (a.exclusion <> 0 OR b.exclusion <> 0))"},
    {"an identifier counts as shared exactly where its kind's neighbours of unique kinds are too "
     "many",
     R"(SELECT 1 FROM identifiers AS i
        LEFT JOIN LATERAL (
          SELECT count(DISTINCT o.node_id) AS customers FROM edges AS e
          JOIN identifiers AS o
            ON o.shard = e.shard AND o.tenant_id = e.tenant_id AND o.kind = 'customer_id' AND o.exclusion <> 2
            AND ((e.node_a = i.node_id AND e.node_b = o.node_id)
                 OR (e.node_b = i.node_id AND e.node_a = o.node_id))
          WHERE e.shard = i.shard AND e.tenant_id = i.tenant_id AND e.strength < 3
            AND e.refusal <> 7) AS seen ON true
        WHERE i.kind = 'device_id' AND (i.exclusion = 1) IS DISTINCT FROM (seen.customers > 2))"},
    {"a person has at most one customer_id",
     R"(SELECT 1 FROM identifiers WHERE kind = 'customer_id'
        GROUP BY shard, tenant_id, profile_id HAVING count(*) > 1)"},
    {"INV-1: every profile update has its claims: one for each field of its payload",
     R"(SELECT shard, tenant_id, source_id, anchor, key, record_id,
               jsonb_object_keys(convert_from(payload, 'UTF8')::jsonb) AS attribute
        FROM records WHERE kind = 2 AND payload_format = 2
        EXCEPT
        SELECT shard, tenant_id, source_id, anchor, key, record_id, attribute FROM claims)"},
    {"INV-1: every claim is of a profile update",
     R"(SELECT shard, tenant_id, source_id, anchor, key, record_id FROM claims
        EXCEPT
        SELECT shard, tenant_id, source_id, anchor, key, record_id FROM records WHERE kind = 2)"},
    {"INV-1: the activity of an anchor, folded and waiting, is the sum of its records",
     R"(SELECT 1 FROM (
          SELECT shard, tenant_id, node_id, day, sum(events) AS events,
                 min(first_event_at) AS first_at, max(last_event_at) AS last_at,
                 max(received_at) AS received_at,
                 (array_agg(source_id ORDER BY last_event_at DESC, source_id DESC))[1] AS source_id
          FROM (SELECT shard, tenant_id, node_id, day, events, first_event_at, last_event_at,
                       last_received_at AS received_at, last_source_id AS source_id
                FROM activity
                UNION ALL
                SELECT shard, tenant_id, e.node_id, (received_at AT TIME ZONE 'UTC')::date, e.events,
                       e.first_event_at, e.last_event_at, received_at, e.source_id
                FROM activity_deltas AS d
                CROSS JOIN LATERAL unnest(d.nodes, d.events, d.first_event_at, d.last_event_at,
                                          d.last_source_ids)
                  AS e (node_id, events, first_event_at, last_event_at, source_id)) AS sums
          GROUP BY shard, tenant_id, node_id, day) AS kept
        FULL JOIN (
          SELECT shard, tenant_id, anchor AS node_id, (received_at AT TIME ZONE 'UTC')::date AS day,
                 count(*) FILTER (WHERE kind = 1) AS events, min(event_time) AS first_at,
                 max(event_time) AS last_at, max(received_at) AS received_at,
                 (array_agg(source_id ORDER BY event_time DESC, source_id DESC))[1] AS source_id
          FROM records GROUP BY 1, 2, 3, 4) AS counted
        USING (shard, tenant_id, node_id, day, events, first_at, last_at, received_at, source_id)
        WHERE kept IS NULL OR counted IS NULL)"},
    {"INV-9: every profile's present revision is in the outbox",
     R"(SELECT 1 FROM profiles AS p LEFT JOIN outbox AS o
          ON o.shard = p.shard AND o.tenant_id = p.tenant_id AND o.profile_id = p.profile_id
          AND o.revision = p.revision AND o.change IN (1, 2)
        WHERE o.outbox_id IS NULL)"},
    {"INV-9: every profile that went is in the outbox",
     R"(SELECT 1 FROM outbox AS o
        LEFT JOIN profiles AS p
          ON p.shard = o.shard AND p.tenant_id = o.tenant_id AND p.profile_id = o.profile_id
        WHERE o.change = 1 AND p.revision IS NULL
          AND NOT EXISTS (SELECT FROM outbox AS gone WHERE gone.shard = o.shard
                          AND gone.tenant_id = o.tenant_id AND gone.profile_id = o.profile_id
                          AND gone.change = 3))"},
};

}  // namespace

std::vector<std::string> BrokenInvariants(TestDatabase& database) {
  std::vector<std::string> broken;
  // Or the planner takes the tables, full by now, for small.
  Rows(database, "ANALYZE receipts, records, identifiers, edges, claims, profiles, outbox");
  for (const Promise& promise : kPromises) {
    const std::int64_t rows =
        Number(database, fmt::format("SELECT count(*) FROM ({}) AS breaches", promise.breaches));
    if (rows > 0) broken.push_back(fmt::format("{} rows against: {}", rows, promise.says));
  }
  if (const std::int64_t rows = ProfilesThatAreNoFold(database); rows > 0) {
    broken.push_back(fmt::format(
        "{} rows against: INV-5: a profile's attributes are the fold of its members' claims",
        rows));
  }
  return broken;
}

}  // namespace selfsame::test
