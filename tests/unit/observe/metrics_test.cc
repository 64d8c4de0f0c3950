#include "server/observe/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <string>
#include <thread>
#include <vector>

#include "selfsame/catalog/v1/catalog.pb.h"
#include "selfsame/identity/v1/identity.pb.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/profile/v1/profile.pb.h"
#include "selfsame/quality/v1/quality.pb.h"
#include "selfsame/quarantine/v1/quarantine.pb.h"
#include "selfsame/schema/v1/schema.pb.h"

namespace selfsame::observe {
namespace {

using ingest::v1::Outcome;

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

TEST(MetricsTest, OutcomeLabelsFollowTheProtocol) {
  ASSERT_EQ(static_cast<int>(kOutcomeLabels.size()), ingest::v1::Outcome_MAX);
  for (int number = 1; number <= ingest::v1::Outcome_MAX; ++number) {
    EXPECT_EQ("outcome_" + std::string(kOutcomeLabels[number - 1]),
              Lower(Outcome_Name(static_cast<Outcome>(number))));
  }
}

TEST(MetricsTest, MethodLabelsAreTheCallsOfTheProtocol) {
  std::vector<std::string> methods;
  for (const auto* file :
       {ingest::v1::Event::descriptor()->file(), profile::v1::Profile::descriptor()->file(),
        schema::v1::Schema::descriptor()->file(), catalog::v1::Field::descriptor()->file(),
        identity::v1::Decision::descriptor()->file(), quality::v1::Audit::descriptor()->file()}) {
    for (int i = 0; i < file->service(0)->method_count(); ++i) {
      methods.push_back(file->service(0)->method(i)->name());
    }
  }
  // Most of its calls are bare verbs.
  const auto* quarantine = quarantine::v1::Selector::descriptor()->file()->service(0);
  for (int i = 0; i < quarantine->method_count(); ++i) {
    const std::string& name = quarantine->method(i)->name();
    methods.push_back(name.ends_with("LeftOut") ? name : name + "Quarantine");
  }
  std::vector<std::string> labels(kMethodLabels.begin(), kMethodLabels.end());
  std::sort(methods.begin(), methods.end());
  std::sort(labels.begin(), labels.end());
  EXPECT_EQ(labels, methods);
  EXPECT_EQ(kMethodLabels[static_cast<int>(Method::kTrackEvents)], "TrackEvents");
  EXPECT_EQ(kMethodLabels[static_cast<int>(Method::kGetMergeHistory)], "GetMergeHistory");
}

TEST(MetricsTest, OneSourceHasOneSetOfCounters) {
  Metrics metrics(MetricsOptions{});
  SourceCounters& web = metrics.ForSource("acme", "web");
  web.received.Add(3);
  web.Of(ingest::v1::OUTCOME_ACCEPTED).Add(2);
  web.Of(ingest::v1::OUTCOME_REJECTED).Add(1);
  EXPECT_EQ(&metrics.ForSource("acme", "web"), &web);
  EXPECT_NE(&metrics.ForSource("acme", "ios"), &web);
  EXPECT_NE(&metrics.ForSource("other", "web"), &web);
  EXPECT_EQ(web.outcome.front().Value(), 2u);
  EXPECT_EQ(web.outcome.back().Value(), 1u);
}

TEST(MetricsTest, SourcesPastTheBoundShareOne) {
  Metrics metrics(MetricsOptions{.sources_max = 2});
  SourceCounters& first = metrics.ForSource("acme", "a");
  SourceCounters& second = metrics.ForSource("acme", "b");
  SourceCounters& third = metrics.ForSource("acme", "c");
  EXPECT_EQ(&third, &metrics.ForSource("acme", "d"));
  EXPECT_NE(&third, &second);
  EXPECT_EQ(&first, &metrics.ForSource("acme", "a"));
  std::vector<std::string> names;
  metrics.sources.ForEach([&](const std::string& tenant, const std::string& source,
                              const SourceCounters&) { names.push_back(tenant + "/" + source); });
  EXPECT_EQ(names, (std::vector<std::string>{"OTHER/OTHER", "acme/a", "acme/b"}));
}

TEST(MetricsTest, ATenantsProfilesAreCountedWithTheReasonsOfRefusals) {
  constexpr std::array<std::string_view, 1> kRefusals = {"CANNOT_LINK"};
  Metrics metrics(MetricsOptions{.edge_refusal_reasons = kRefusals, .tenants_max = 1});
  TenantCounters& acme = metrics.ForTenant("acme");
  acme.refused.Of("CANNOT_LINK").Add();
  acme.refused.Of("what a client wrote").Add();
  EXPECT_EQ(&metrics.ForTenant("acme"), &acme);
  EXPECT_EQ(&metrics.ForTenant("b"), &metrics.ForTenant("c"));
  std::vector<std::string> rows;
  metrics.tenants.ForEach([&](const std::string& tenant, const TenantCounters& counters) {
    for (const auto& reason : counters.refused.members()) {
      rows.push_back(tenant + " " + reason.labels[0].second + " " +
                     std::to_string(reason.instrument.Value()));
    }
  });
  EXPECT_EQ(rows, (std::vector<std::string>{"OTHER CANNOT_LINK 0", "OTHER OTHER 0",
                                            "acme CANNOT_LINK 1", "acme OTHER 1"}));
  EXPECT_EQ(metrics.tenants.over().Value(), 2u);
}

TEST(MetricsTest, ReferencesStayGoodWhileSourcesAreAdded) {
  Metrics metrics(MetricsOptions{});
  SourceCounters& web = metrics.ForSource("acme", "web");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&metrics, &web, t] {
        for (int i = 0; i < 500; ++i) {
          metrics.ForSource("acme", std::to_string(t) + "-" + std::to_string(i)).received.Add();
          web.received.Add();
        }
      });
    }
  }
  EXPECT_EQ(metrics.ForSource("acme", "web").received.Value(), 2'000u);
}

// INV-7 as a scrape sees it: whoever reads outcomes first never finds more of them than received.
TEST(MetricsTest, NeverMoreOutcomesThanReceived) {
  Metrics metrics(MetricsOptions{});
  SourceCounters& web = metrics.ForSource("acme", "web");
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    for (int i = 0; i < 100'000; ++i) {
      web.received.Add();
      web.outcome[i % web.outcome.size()].Add();
    }
    done = true;
  });
  while (!done) {
    std::uint64_t outcomes = 0;
    for (const Counter& outcome : web.outcome) outcomes += outcome.Value();
    ASSERT_LE(outcomes, web.received.Value());
  }
}

TEST(MetricsTest, CallsAreCountedByMethodAndCode) {
  Metrics metrics(MetricsOptions{});
  metrics.request_seconds.Of(Method::kStream, 14).Observe(0.1);
  metrics.request_seconds.Of(Method::kStream, 99).Observe(0.1);
  metrics.request_seconds.Of(Method::kStream, -1).Observe(0.1);
  std::vector<std::string> seen;
  for (const auto& member : metrics.request_seconds.members()) {
    for (std::uint64_t i = 0; i < member.instrument.Total(); ++i) {
      seen.push_back(member.labels[0].second + " " + member.labels[1].second);
    }
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{"Stream UNKNOWN", "Stream UNKNOWN", "Stream UNAVAILABLE"}));
}

TEST(MetricsDeathTest, AnOutcomeThatIsNoneIsAMistake) {
  SourceCounters counters;
  EXPECT_DEATH(counters.Of(ingest::v1::OUTCOME_UNSPECIFIED), "check failed");
  EXPECT_DEATH(counters.Of(ingest::v1::Outcome_MAX + 1), "check failed");
}

}  // namespace
}  // namespace selfsame::observe
