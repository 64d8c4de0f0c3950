#include "server/ingest/settle.h"

#include <map>
#include <string_view>
#include <utility>

#include "storage/receipts.h"

namespace selfsame::ingest {
namespace {

using storage::NewReceipt;
using storage::Settled;
using storage::StoredReceipt;

// How often a key may be settled by somebody else between our looking and our taking it.
constexpr int kSupersedeTriesMax = 8;

NewReceipt ReceiptOf(const PreparedRecord& record) {
  return {.source = record.source,
          .key = record.key,
          .outcome = record.IsQuarantined() ? Settled::kQuarantined : Settled::kAccepted,
          .record_id = record.record_id,
          .fingerprint = record.fingerprint};
}

void DraftQuarantined(const PreparedRecord& record, RecordId quarantine_id, Outcome* outcome) {
  outcome->kind = OutcomeKind::kQuarantined;
  outcome->record_id = quarantine_id;
  outcome->reason = record.violations.front().reason;
  outcome->violations = record.violations;
}

void DraftFresh(TimeUs now, BatchItem& item) {
  item.is_fresh = true;
  if (item.record->IsQuarantined()) {
    return DraftQuarantined(*item.record, item.record->record_id, &item.outcome);
  }
  item.wants_profile = true;
  item.settled_as = KeySettled{item.record->fingerprint, item.record->record_id, now};
  item.outcome.kind = OutcomeKind::kAccepted;
  item.outcome.record_id = item.record->record_id;
  item.outcome.left_out = item.record->left_out;
}

void DraftNoLongerQuarantined(BatchItem& item) {
  item.outcome.kind = OutcomeKind::kRejected;
  item.outcome.reason = kQuarantineUnknown;
  item.outcome.violations = {{"key", std::string(kQuarantineUnknown),
                              "the record has left quarantine; nothing to replay"}};
}

// Drafts the outcome of a key whose record was quarantined; false when this one may take its place.
bool DraftFromQuarantined(const StoredReceipt& stored, BatchItem& item) {
  const PreparedRecord& record = *item.record;
  const bool is_own_try = stored.record_id == record.record_id;
  if (record.replays && !is_own_try &&
      !(stored.is_in_quarantine && stored.record_id == *record.replays)) {
    DraftNoLongerQuarantined(item);
    return true;
  }
  const bool is_same_body = stored.fingerprint == record.fingerprint;
  if (!is_same_body || !record.IsQuarantined()) return false;
  // Discarded or expired since: the receipt is all that is left, so this body is kept afresh.
  // Without this the sender would be told of a record that nobody can look at.
  if (!is_own_try && !stored.is_in_quarantine) return false;
  DraftQuarantined(record, stored.record_id, &item.outcome);
  return true;
}

// Drafts the outcome of a key that is settled; false when the record may take its place instead.
bool DraftFromStored(const StoredReceipt& stored, BatchItem& item) {
  const PreparedRecord& record = *item.record;
  const bool is_same_body = stored.fingerprint == record.fingerprint;
  if (stored.outcome == Settled::kQuarantined) return DraftFromQuarantined(stored, item);
  item.settled_as = KeySettled{stored.fingerprint, stored.record_id, stored.received_at};
  if (stored.record_id == record.record_id) {
    item.wants_profile = true;
    item.outcome.kind = OutcomeKind::kAccepted;
    item.outcome.record_id = record.record_id;
    item.outcome.left_out = record.left_out;
  } else {
    item.outcome = OutcomeOfRepeat(*item.settled_as, record.fingerprint);
    // The same body has the same identifiers, so its profile is the first record's.
    item.wants_profile = is_same_body && !record.mentions.empty();
    // As the first time, whatever schema and source say by now.
    if (is_same_body) item.outcome.left_out = stored.left_out;
  }
  return true;
}

// Receipts are for ever (INV-3), but it is a database that says so: try again from the start.
Error Vanished() {
  return {.code = ErrorCode::kAborted,
          .reason = "SERIALIZATION",
          .message = "a receipt that is there cannot be read"};
}

// The work of one Settle call.
class Settler {
 public:
  Settler(pg::BulkConnection& connection, const CommitContext& context)
      : connection_(connection), context_(context) {}

  Result<Settlement> Run(Batch& batch) {
    SELFSAME_RETURN_IF_ERROR(Claim(batch));
    for (int tries = 0; !open_.empty(); ++tries) {
      if (tries == kSupersedeTriesMax) {
        return Error{.code = ErrorCode::kAborted,
                     .reason = "SERIALIZATION",
                     .message = "quarantined keys keep changing"};
      }
      SELFSAME_RETURN_IF_ERROR(ReadOpen());
      SELFSAME_RETURN_IF_ERROR(SupersedeOpen());
    }
    return std::move(settlement_);
  }

 private:
  std::vector<NewReceipt> OpenReceipts() const {
    std::vector<NewReceipt> receipts;
    receipts.reserve(open_.size());
    for (const BatchItem* item : open_) receipts.push_back(ReceiptOf(*item->record));
    return receipts;
  }

  Status Claim(Batch& batch) {
    open_.reserve(batch.size());
    for (BatchItem& item : batch) open_.push_back(&item);
    SELFSAME_ASSIGN_OR_RETURN(
        const storage::Claimed claimed,
        storage::ClaimReceipts(connection_, context_.where, context_.now, OpenReceipts()));
    if (claimed.generation) settlement_.generation = *claimed.generation;
    KeepOpenUnless(claimed.record_ids);
    return {};
  }

  // Drafts as fresh the items whose record id is in the set; the others stay open.
  void KeepOpenUnless(const storage::RecordIdSet& taken) {
    std::vector<BatchItem*> still_open;
    for (BatchItem* item : open_) {
      taken.contains(item->record->record_id) ? DraftFresh(context_.now, *item)
                                              : still_open.push_back(item);
    }
    open_ = std::move(still_open);
  }

  // Drafts all open items whose key is settled for good; the others may supersede.
  Status ReadOpen() {
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<StoredReceipt> stored,
                              storage::ReadReceipts(connection_, context_.where, OpenReceipts()));
    std::map<std::pair<SourceId, std::string_view>, const StoredReceipt*> by_key;
    for (const StoredReceipt& receipt : stored) {
      by_key[{receipt.source, receipt.key}] = &receipt;
      settlement_.generation = receipt.generation;
    }
    std::vector<BatchItem*> still_open;
    replaced_.clear();
    for (BatchItem* item : open_) {
      const auto found = by_key.find({item->record->source, item->record->key});
      if (found == by_key.end()) return Vanished();
      if (DraftFromStored(*found->second, *item)) continue;
      still_open.push_back(item);
      replaced_.push_back(found->second->record_id);
    }
    open_ = std::move(still_open);
    return {};
  }

  Status SupersedeOpen() {
    if (open_.empty()) return {};
    SELFSAME_ASSIGN_OR_RETURN(
        const storage::RecordIdSet taken,
        storage::SupersedeQuarantined(connection_, context_.where, context_.now, OpenReceipts(),
                                      replaced_));
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (taken.contains(open_[i]->record->record_id))
        settlement_.superseded.push_back(replaced_[i]);
    }
    KeepOpenUnless(taken);
    return {};
  }

  pg::BulkConnection& connection_;
  const CommitContext& context_;
  std::vector<BatchItem*> open_;    // Not drafted yet, in key order.
  std::vector<RecordId> replaced_;  // For each open item, the quarantined record it may replace.
  Settlement settlement_;
};

}  // namespace

Outcome OutcomeOfRepeat(const KeySettled& settled, const Fingerprint& fingerprint) {
  Outcome outcome{.first_kind = OutcomeKind::kAccepted, .first_received_at = settled.received_at};
  if (settled.fingerprint == fingerprint) {
    outcome.kind = OutcomeKind::kDuplicate;
    outcome.record_id = settled.record_id;
  } else {
    outcome.kind = OutcomeKind::kRejected;
    outcome.reason = "KEY_REUSED";
    outcome.violations = {{"key", "KEY_REUSED", "was settled before with another body"}};
  }
  return outcome;
}

bool SettleRepeat(const PreparedRecord& first, bool has_changed, PreparedRecord& repeat) {
  const bool is_same_body = repeat.fingerprint == first.fingerprint;
  if (first.settled_as) {
    Outcome outcome = OutcomeOfRepeat(*first.settled_as, repeat.fingerprint);
    if (outcome.kind == OutcomeKind::kDuplicate && !repeat.mentions.empty()) {
      // Of a body that the first one did not have, nobody has looked up the profile yet.
      if (!is_same_body) return false;
      outcome.profile_id = first.outcome.profile_id;
    }
    if (is_same_body) outcome.left_out = first.outcome.left_out;
    repeat.outcome = std::move(outcome);
    return true;
  }
  if (!is_same_body || first.replays || repeat.replays) return false;
  const std::string& reason = first.outcome.reason;
  switch (first.outcome.kind) {
    case OutcomeKind::kQuarantined:
      // What was wrong may not be wrong with this one, by a schema that came between or a profile
      // that has become smaller.
      if (!repeat.IsQuarantined()) {
        const bool is_full = reason == "ATTRIBUTE_FULL" || reason == "PROFILE_FULL";
        if (!is_full || has_changed) return false;
        repeat.violations = first.violations;
      }
      DraftQuarantined(repeat, first.outcome.record_id, &repeat.outcome);
      return true;
    case OutcomeKind::kRejected:
      if (has_changed) return false;
      repeat.outcome = first.outcome;
      return true;
    case OutcomeKind::kPending:
    case OutcomeKind::kAccepted:
    case OutcomeKind::kDuplicate:
    case OutcomeKind::kConsentDenied:
    case OutcomeKind::kSuppressed: return false;
  }
  return false;
}

Result<Settlement> Settle(pg::BulkConnection& connection, const CommitContext& context,
                          Batch& batch) {
  return Settler(connection, context).Run(batch);
}

}  // namespace selfsame::ingest
