#include "tests/integration/edge/plain_people.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace selfsame::test {
namespace {

bool Meet(const Person& some, const Person& others) {
  return std::any_of(some.begin(), some.end(), [&](const auto& one) { return others.count(one); });
}

bool Keeps(const PlainGroups& groups, const Person& some, const Person& others) {
  return (Meet(groups.one, some) && Meet(groups.other, others)) ||
         (Meet(groups.one, others) && Meet(groups.other, some));
}

Person Both(Person some, const Person& others) {
  some.insert(others.begin(), others.end());
  return some;
}

Person& PersonAmong(std::vector<Person>& people, const std::string& node) {
  return *std::find_if(people.begin(), people.end(),
                       [&](const Person& person) { return person.count(node); });
}

}  // namespace

std::string PlainPeople::See(const std::map<std::string, std::string>& identifiers,
                             std::int64_t time) {
  std::vector<std::tuple<int, std::string, std::string>> strongest_first;
  for (const auto& [node, kind] : identifiers) {
    kinds_[node] = kind;
    strongest_first.emplace_back(rules_.at(kind).priority, kind, node);
  }
  std::sort(strongest_first.begin(), strongest_first.end());
  const std::string anchor = std::get<2>(strongest_first[0]);
  for (const auto& [node, kind] : identifiers) {
    if (node != anchor) Evidence(anchor, node, PlainEvidence::kSeen, time);
  }
  return anchor;
}

PlainEvidence& PlainPeople::Evidence(const std::string& x, const std::string& y, int strength,
                                     std::int64_t time) {
  const auto [a, b] = std::minmax(x, y);
  for (PlainEvidence& one : evidence_) {
    if (one.a != a || one.b != b || one.strength != strength) continue;
    one.time = std::min(one.time, time);
    return one;
  }
  return evidence_.emplace_back(PlainEvidence{.a = a, .b = b, .strength = strength, .time = time});
}

bool PlainPeople::IsShared(const std::string& node) const {
  const int most = rules_.at(kinds_.at(node)).shared_above;
  Person customers;
  for (const PlainEvidence& one : evidence_) {
    if (one.is_revoked || one.strength != PlainEvidence::kSeen) continue;
    if (one.a != node && one.b != node) continue;
    const std::string& other = one.a == node ? one.b : one.a;
    if (rules_.at(kinds_.at(other)).limit == 1) customers.insert(other);
  }
  return most > 0 && customers.size() > static_cast<std::size_t>(most);
}

// What a person states counts, also of a shared identifier.
bool PlainPeople::IsOut(const PlainEvidence& one) const {
  if (one.is_revoked) return true;
  return one.strength == PlainEvidence::kSeen && (IsShared(one.a) || IsShared(one.b));
}

bool PlainPeople::AreApart(const Person& some, const Person& others) const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [&](const PlainGroups& groups) { return Keeps(groups, some, others); });
}

bool PlainPeople::AreTooMany(const Person& some, const Person& others) const {
  for (const auto& [kind, rule] : rules_) {
    const auto count = [&, name = kind](const Person& person) {
      return std::count_if(person.begin(), person.end(),
                           [&](const auto& node) { return kinds_.at(node) == name; });
    };
    if (count(some) > 0 && count(others) > 0 && count(some) + count(others) > rule.limit)
      return true;
  }
  return false;
}

std::vector<Person> PlainPeople::Unite(std::vector<PlainEvidence>* joined) const {
  std::vector<Person> people;
  for (const auto& [node, kind] : kinds_) people.push_back({node});
  std::vector<PlainEvidence> ordered = evidence_;
  std::sort(ordered.begin(), ordered.end(), [](const auto& x, const auto& y) {
    return std::tie(y.strength, x.time, x.a, x.b) < std::tie(x.strength, y.time, y.a, y.b);
  });
  for (const PlainEvidence& one : ordered) {
    if (IsOut(one)) continue;
    Person& some = PersonAmong(people, one.a);
    Person& others = PersonAmong(people, one.b);
    if (&some == &others || AreApart(some, others)) continue;
    if (one.strength != PlainEvidence::kForced && AreTooMany(some, others)) continue;
    if (joined != nullptr) joined->push_back(one);
    some.insert(others.begin(), others.end());
    others.clear();
  }
  return people;
}

std::set<Person> PlainPeople::People() const {
  const std::vector<Person> people = Unite(nullptr);
  std::set<Person> all(people.begin(), people.end());
  all.erase(Person());
  return all;
}

Person PlainPeople::PersonOf(const std::string& identifier) const {
  std::vector<Person> people = Unite(nullptr);
  return PersonAmong(people, identifier);
}

const PlainClaim* PlainPeople::Latest(const Person& person) const {
  std::vector<const PlainClaim*> said;
  for (const PlainClaim& claim : claims_) {
    if (person.count(claim.anchor)) said.push_back(&claim);
  }
  int best = 1'000'000;
  for (const PlainClaim* claim : said) best = std::min(best, claim->trust);
  std::erase_if(said, [&](const PlainClaim* claim) { return claim->trust != best; });
  std::sort(said.begin(), said.end(), [](const PlainClaim* x, const PlainClaim* y) {
    return std::tie(x->time, x->value, x->source, x->key) <
           std::tie(y->time, y->value, y->source, y->key);
  });
  // Since when the value is what it is.
  while (said.size() > 1 && said[said.size() - 2]->value == said.back()->value) said.pop_back();
  return said.empty() ? nullptr : said.back();
}

void PlainPeople::State(const std::string& x, const std::string& y, int strength) {
  Evidence(x, y, strength, decisions_).is_revoked = false;
}

void PlainPeople::StateWhole(const Person& person) {
  std::vector<PlainEvidence> joined;
  Unite(&joined);
  for (const PlainEvidence& one : joined) {
    if (one.strength == PlainEvidence::kForced || !person.count(one.a) || !person.count(one.b)) {
      continue;
    }
    State(one.a, one.b, PlainEvidence::kForced);
  }
}

void PlainPeople::Clear(const Person& some, const Person& others) {
  std::erase_if(groups_, [&](const auto& groups) { return Keeps(groups, some, others); });
}

bool PlainPeople::Adopt(PlainPeople after, const Person& together) {
  const Person person = after.PersonOf(*together.begin());
  if (!std::includes(person.begin(), person.end(), together.begin(), together.end())) return false;
  *this = std::move(after);
  return true;
}

bool PlainPeople::Merge(const std::string& x, const std::string& y, PlainOverrides overrides) {
  const Person some = PersonOf(x);
  const Person others = PersonOf(y);
  if (some == others) return true;
  PlainPeople after = *this;
  ++after.decisions_;
  if (overrides.limits) {
    after.StateWhole(some);
    after.StateWhole(others);
  }
  if (overrides.cannot_links) after.Clear(some, others);
  after.State(x, y, overrides.limits ? PlainEvidence::kForced : PlainEvidence::kStated);
  return Adopt(std::move(after), Both(some, others));
}

bool PlainPeople::Pin(const std::string& identifier, const std::string& whose,
                      PlainOverrides overrides) {
  const int strength = overrides.limits ? PlainEvidence::kForced : PlainEvidence::kStated;
  const Person mine = PersonOf(identifier);
  const Person theirs = PersonOf(whose);
  const auto [a, b] = std::minmax(identifier, whose);
  for (const PlainEvidence& one : evidence_) {
    const bool is_same = one.a == a && one.b == b && one.strength == strength && !one.is_revoked;
    if (is_same && mine == theirs) return true;
  }
  PlainPeople after = *this;
  ++after.decisions_;
  if (overrides.limits) after.StateWhole(theirs);
  Person others = theirs;
  others.erase(identifier);
  if (overrides.cannot_links) after.Clear(mine, others);
  after.State(identifier, whose, strength);
  return Adopt(std::move(after), Both(theirs, {identifier}));
}

bool PlainPeople::Unmerge(const Person& leavers) {
  Person stayers = PersonOf(*leavers.begin());
  for (const std::string& leaver : leavers) {
    if (stayers.erase(leaver) == 0) return false;
  }
  if (stayers.empty()) return false;
  const std::vector<PlainEvidence> before = evidence_;
  std::vector<bool> are_out;
  for (const PlainEvidence& one : before) are_out.push_back(IsOut(one));
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool is_across = (leavers.count(before[i].a) && stayers.count(before[i].b)) ||
                           (leavers.count(before[i].b) && stayers.count(before[i].a));
    if (!is_across || are_out[i]) continue;
    for (PlainEvidence& one : evidence_) {
      if (one.a == before[i].a && one.b == before[i].b) one.is_revoked = true;
    }
  }
  groups_.push_back({.one = leavers, .other = std::move(stayers)});
  return true;
}

void PlainPeople::CannotLink(const std::string& x, const std::string& y) {
  if (!AreApart({x}, {y})) groups_.push_back({.one = {x}, .other = {y}});
}

void PlainPeople::ClearCannotLink(const std::string& x, const std::string& y) { Clear({x}, {y}); }

void PlainPeople::TakeDecisions(const std::vector<PlainEvidence>& decided,
                                std::vector<PlainGroups> groups) {
  std::erase_if(evidence_, [](const auto& one) { return one.strength != PlainEvidence::kSeen; });
  for (PlainEvidence& one : evidence_) one.is_revoked = false;
  for (const PlainEvidence& one : decided) {
    if (one.strength != PlainEvidence::kSeen) decisions_ = std::max(decisions_, one.time);
    Evidence(one.a, one.b, one.strength, one.time).is_revoked = one.is_revoked;
  }
  groups_ = std::move(groups);
}

}  // namespace selfsame::test
