import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct AnswerPlanTests {
    private let noon = Timestamp(milliseconds: 1_772_366_400_000)
    private let sha = String(repeating: "ab", count: 20)
    private typealias Target = DeploymentQuestion.ReplyTarget

    private var rule: Target {
        .gitHubProtectionRule(
            repository: "acme/shop", callback: "https://api.github.com/x", environment: "production", installation: 7)
    }

    private func question(_ reply: Target, repository: String = "") -> DeploymentQuestion {
        DeploymentQuestion(
            id: "q/1", service: "shop", environment: "production", sha: sha, repository: repository, reply: reply)
    }

    private func verdict(
        _ outcome: Verdict.Outcome, dryRun: Bool = false, inconclusive: GatePolicy.Inconclusive = .fail,
        reasons: [Reason] = [Reason(text: "risk is at percentile 99", weight: 1)], missing: [String] = []
    ) -> Verdict {
        var policy = GatePolicy()
        policy.dryRun = dryRun
        policy.inconclusive = inconclusive
        var verdict = Gate.decide(
            Gate.Request(id: "q/1", service: "shop", environment: "production", sha: sha), GateFacts(), policy: policy,
            now: noon)
        verdict.verdict = outcome
        verdict.reasons = reasons
        verdict.missing = missing
        return verdict
    }

    private func asked(_ question: DeploymentQuestion) -> AskedQuestion {
        AskedQuestion(question, at: noon, wait: .minutes(10))
    }

    private func plan(_ change: (inout AnswerSettings) -> Void = { _ in }) -> AnswerPlan {
        var settings = AnswerSettings()
        settings.publicURL = "https://auspex.example"
        change(&settings)
        return AnswerPlan(settings)
    }

    private func settled(_ target: Target, _ verdict: Verdict) -> [JSONValue] {
        plan().settled(asked(question(target)), verdict, at: noon).map(\.body)
    }

    @Test(
        "each outcome has its word at each system",
        arguments: [
            (Verdict.Outcome.pass, false, "approved", "success", "success", "passed"),
            (.warn, false, "approved", "success", "neutral", "passed"),
            (.fail, false, "rejected", "failure", "failure", "failed"),
            (.inconclusive, false, "rejected", "error", "failure", "failed"),
            (.fail, true, "approved", "success", "success", "passed"),
            (.inconclusive, true, "approved", "success", "success", "passed"),
        ])
    func words(
        outcome: Verdict.Outcome, dryRun: Bool, state: String, status: String, conclusion: String, check: String
    ) {
        let verdict = verdict(outcome, dryRun: dryRun)
        #expect(settled(rule, verdict).last?["state"]?.string == state)
        #expect(settled(rule, verdict).last?["environment_name"]?.string == "production")
        let commit = settled(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil), verdict)
        #expect(commit.first?["state"]?.string == status && commit.first?["context"]?.string == "auspex/production")
        #expect(commit.first?["target_url"]?.string == "https://auspex.example/api/v1/gate/q%2F1")
        let run = settled(.gitHubCheck(repository: "acme/shop", sha: sha, installation: 7), verdict).first
        #expect(run?["conclusion"]?.string == conclusion && run?["status"]?.string == "completed")
        let merge = settled(.gitLabStatusCheck(project: 1, mergeRequest: 2, sha: sha, check: 3), verdict).first
        #expect(merge?["status"]?.string == check && merge?["external_status_check_id"]?.int == 3)
        #expect(settled(.gitLabDeployment(project: 1, deployment: 2), verdict).first?["status"]?.string == state)
        // The truth stands in the comment whatever the answer is.
        #expect(settled(rule, verdict).last?["comment"]?.string?.contains(outcome.rawValue) == true)
        if dryRun { #expect(settled(rule, verdict).last?["comment"]?.string?.contains("dry run") == true) }
    }

    @Test("an inconclusive verdict passes where the policy says so")
    func openPolicy() {
        #expect(settled(rule, verdict(.inconclusive, inconclusive: .pass)).last?["state"]?.string == "approved")
    }

    @Test("a verdict that somebody has overridden is a yes everywhere, under ids of its own, and says who and why")
    func overridden() {
        var verdict = verdict(.fail)
        verdict.override = Verdict.Override(BreakGlass(reason: "the site is down", by: "ada"), at: noon)
        #expect(verdict.mayGoOn && verdict.outward == .pass)
        #expect(settled(rule, verdict).last?["state"]?.string == "approved")
        let comment = settled(rule, verdict).last?["comment"]?.string ?? ""
        #expect(comment.contains("fail") && comment.contains("overridden by ada") && comment.contains("is down"))
        let status = settled(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil), verdict).first
        #expect(status?["state"]?.string == "success")
        #expect(status?["description"]?.string?.contains("overridden by ada") == true)
        let all = plan { $0.webhook = true }
        var asked = asked(question(rule))
        let before = all.settled(asked, self.verdict(.fail), at: noon)
        asked.beginAnew()
        let after = all.settled(asked, verdict, at: noon)
        #expect(Set((before + after).map(\.id)).count == 4 && before.first?.lane == after.first?.lane)
    }

    @Test("an override outlives another decision of the same id, but not the verdict that was overridden")
    func keepsOverride() {
        var old = verdict(.fail)
        old.override = Verdict.Override(BreakGlass(reason: "the site is down", by: "ada"), at: noon)
        var new = verdict(.inconclusive)
        new.expiresAt = old.expiresAt + .minutes(5)
        let kept = new.keepingOverride(of: old, at: old.expiresAt)
        #expect(kept.override == old.override && kept.expiresAt == old.expiresAt && kept.verdict == .inconclusive)
        #expect(new.keepingOverride(of: old, at: old.expiresAt + .seconds(1)) == new)
        #expect(new.keepingOverride(of: verdict(.fail), at: noon) == new)
    }

    @Test("each environment has a status and a check of its own")
    func contexts() {
        for (environment, context) in [("", "auspex"), ("staging", "auspex/staging")] {
            var question = question(.gitHubCheck(repository: "acme/shop", sha: sha, installation: 7))
            question.environment = environment
            let bodies = plan { $0.statuses = true }.settled(asked(question), verdict(.pass), at: noon).map(\.body)
            #expect(bodies.map { ($0["context"] ?? $0["name"])?.string } == [context, context])
        }
    }

    @Test("a warning is told before the approval, in the same lane, by a report without a state")
    func warning() {
        let replies = plan().settled(asked(question(rule)), verdict(.warn), at: noon)
        #expect(replies.count == 2 && Set(replies.map(\.lane)).count == 1 && Set(replies.map(\.id)).count == 2)
        #expect(replies.first?.body["state"] == nil && replies.first?.isProgress == true)
        #expect(replies.last?.isProgress == false)
    }

    @Test("GitLab's check is pending at once and told again at each attempt; GitHub hears of news only, eight times")
    func waiting() {
        let check = Target.gitLabStatusCheck(project: 1, mergeRequest: 2, sha: sha, check: 3)
        let taken = plan().taken(AskedQuestion(question(check), at: noon, wait: .minutes(10)), at: noon)
        #expect(taken.first?.body["status"]?.string == "pending")
        for (target, news, expected) in [(check, true, 20), (check, false, 20), (rule, true, 8), (rule, false, 0)] {
            var asked = AskedQuestion(question(target), at: noon, wait: .minutes(10))
            var replies: [Reply] = []
            for _ in 0..<20 {
                asked.attempts += 1
                replies += plan().waiting(&asked, verdict(.inconclusive), isNews: news, at: noon)
            }
            #expect(replies.count == expected && Set(replies.map(\.id)).count == expected)
            #expect(replies.allSatisfy { $0.isProgress && $0.body["state"] == nil })
        }
    }

    @Test("no text is longer than its receiver takes, however many reasons there are, and no name is more than a name")
    func lengths() {
        let reasons = (0..<500).map {
            Reason(text: "alert '<b>@ada ![x](http://e)\u{7}\nü€\($0)' is firing", weight: 1)
        }
        let long = verdict(.fail, reasons: reasons, missing: reasons.map(\.text))
        let comment = settled(rule, long).last?["comment"]?.string ?? ""
        #expect(comment.utf16.count <= 1_024 && comment.contains("more lines"))
        #expect(!comment.contains("<b>") && !comment.contains("@ada") && !comment.contains("![x]"))
        #expect(!comment.contains("\u{7}"))
        let commit = settled(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil), long)
        #expect((1...140).contains(commit.first?["description"]?.string?.utf16.count ?? 0))
        let run = settled(.gitHubCheck(repository: "acme/shop", sha: sha, installation: 7), long).first
        #expect((run?["output"]?["summary"]?.string?.utf8.count ?? .max) <= 65_535)
        var rest = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let text = String(
                (0..<Int.random(in: 0..<60, using: &rest)).map { _ in "aé€😀 ".randomElement(using: &rest) ?? "a" })
            let most = Int.random(in: 3..<40, using: &rest)
            #expect(ShortText.cut(text, bytes: most).utf8.count <= most)
            let lines = (0..<Int.random(in: 1..<6, using: &rest)).map { _ in text }
            #expect(ShortText.lines(lines, bytes: 60).utf8.count <= 60)
        }
    }

    @Test("with statuses each question about a commit at GitHub gets one, by the installation that asked")
    func statuses() {
        let all = plan { $0.statuses = true }
        func targets(_ question: DeploymentQuestion) -> [ReplyDestination] {
            all.settled(asked(question), verdict(.pass), at: noon).map(\.destination)
        }
        #expect(
            targets(question(rule))
                == [.asker(rule), .asker(.gitHubStatus(repository: "acme/shop", sha: sha, installation: 7))])
        // It may be at any host.
        #expect(targets(question(.poll, repository: "acme/shop")).isEmpty)
        #expect(targets(question(.poll)).isEmpty)
        let status = Target.gitHubStatus(repository: "acme/shop", sha: sha, installation: 7)
        #expect(targets(question(status)) == [.asker(status)])
    }

    @Test("sinks hear of each verdict once: an event and a webhook with the verdict")
    func sinks() throws {
        let all = plan { settings in
            settings.cdEvents = true
            settings.webhook = true
        }
        let news = all.settled(asked(question(.poll)), verdict(.fail), at: noon)
        #expect(news.map(\.destination) == [.cdEvents, .webhook])
        #expect(news.last?.body["type"]?.string == "gate.verdict")
        #expect(news.last?.body["data"]?["verdict"]?.string == "fail")
        #expect(news.first?.body["data"]?["subject"]?["content"]?["decision"]?.string == "rejected")
        let again = all.settled(asked(question(.poll)), verdict(.fail), at: noon)
        #expect(again.map(\.id) == news.map(\.id))
        #expect(plan().settled(asked(question(.poll)), verdict(.fail), at: noon).isEmpty)
    }

    @Test(
        "each event has the members of the published example of its type",
        .enabled(if: PublicData.here.isExpected("webhooks/cdevents"), "\(PublicData.hint)"),
        arguments: [
            ("approval_closed", Change.Outcome?.none, "", Change.Kind.deploy),
            ("service_deployed", .success, "", .deploy), ("service_upgraded", .success, "v1", .deploy),
            ("service_rolledback", .rolledBack, "v1", .deploy), ("taskrun_finished", .failure, "", .deploy),
            ("environment_modified", .success, "", .flag),
        ])
    func cdEvents(name: String, outcome: Change.Outcome?, previous: String, kind: Change.Kind) throws {
        let all = plan { $0.cdEvents = true }
        let replies =
            outcome.map { outcome in
                all.announcements(
                    of: Change(
                        id: "d 1", kind: kind, service: "shop", environment: "production", version: "v2",
                        previousVersion: previous, title: "t", startedAt: noon, outcome: outcome), at: noon)
            } ?? all.announcements(of: verdict(.pass), at: noon)
        let event = try #require(replies.first?.body)
        if name == "service_rolledback" {
            let content = event["data"]?["subject"]?["content"]
            #expect(content?["artifactId"]?.string == "pkg:generic/shop@v1", "what runs now")
        }
        let example = try JSONValue(
            parsing: Data(contentsOf: PublicData.here.url("webhooks/cdevents/\(name).json")))
        for member in ["specversion", "id", "source", "type", "data"] { #expect(event[member] != nil, "\(member)") }
        #expect(event["specversion"]?.string == "1.0")
        let (data, context) = (event["data"], event["data"]?["context"])
        #expect(context?["type"] == example["context"]?["type"] && context?["type"] == event["type"])
        #expect(context?["specversion"] == example["context"]?["specversion"])
        #expect(context?["timestamp"]?.string.flatMap { Timestamp(iso8601: $0) } != nil)
        for member in ["id", "source"] { #expect(data?["subject"]?[member]?.string?.isEmpty == false, "\(member)") }
        // Links of tasks to pipelines and web addresses of environments are optional in the vocabulary.
        let optional: Set<String> = ["uri", "pipelineRun"]
        let expected = Set(example["subject"]?["content"]?.object?.keys.map { $0 } ?? []).subtracting(optional)
        #expect(Set(data?["subject"]?["content"]?.object?.keys.map { $0 } ?? []) == expected)
    }

    @Test("an open change is no news, and each outcome is news once")
    func changes() {
        let all = plan { $0.cdEvents = true }
        var change = Change(id: "d1", service: "shop", startedAt: noon)
        #expect(all.announcements(of: change, at: noon).isEmpty)
        change.outcome = .success
        let first = all.announcements(of: change, at: noon)
        change.outcome = .rolledBack
        #expect(Set((first + first + all.announcements(of: change, at: noon)).map(\.id)).count == 2)
        #expect(plan().announcements(of: change, at: noon).isEmpty)
        let undone = all.announcements(of: change, at: noon).first?.body["data"]?["subject"]?["content"]
        #expect(undone?["artifactId"]?.string == "pkg:generic/shop", "nobody knows what runs now")
        change.source = "cdevents"
        #expect(all.announcements(of: change, at: noon).isEmpty, "its hearers know")
    }
}
