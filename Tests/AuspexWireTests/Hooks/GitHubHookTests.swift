import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct GitHubHookTests {
    private func change(_ event: String, _ body: String, names: [ServiceName] = []) throws -> Change? {
        try HookSamples.change(.github, body, HookSamples.gitHub(event), names: names)
    }

    private func ignored(_ event: String, _ body: String) throws -> String? {
        let items = try HookSamples.decode(.github, body, HookSamples.gitHub(event)).items
        guard items.count == 1, case .ignored(let reason)? = items.first else { return nil }
        return reason
    }

    @Test("a deployment is a pending change")
    func deployment() throws {
        #expect(
            try change("deployment", HookSamples.deployment())
                == Change(
                    id: "github:acme/shop:deployment:7", service: "shop", environment: "production", version: "abc123",
                    author: "ann", title: "Deploy main to production", startedAt: HookSamples.noon, source: "github",
                    repository: "acme/shop"))
    }

    @Test(
        "the deployer may name service and previous version, in an object or in a text",
        arguments: [
            #"{"service":"cart","previous_version":"v1","more":[1]}"#,
            #""{\"service\":\"cart\",\"previous_version\":\"v1\"}""#,
        ])
    func attached(payload: String) throws {
        let names = [ServiceName(sender: .github, match: "acme/shop", service: "other", environment: "else")]
        let change = try change("deployment", HookSamples.deployment(payload: payload), names: names)
        #expect(change?.service == "cart" && change?.previousVersion == "v1")
        #expect(change?.environment == "production", "a configured environment is for what names none")
    }

    @Test(
        "a payload of another form says nothing",
        arguments: [
            "null", "[]", "3", #""free text""#, #"{"service":1}"#, #"{"service":""}"#, #""[[[[[[[[[1]]]]]]]]]""#,
        ])
    func unusablePayload(payload: String) throws {
        let change = try change("deployment", HookSamples.deployment(payload: payload))
        #expect(change?.service == "shop" && change?.previousVersion == "")
    }

    @Test("a description is the title, its first line only")
    func title() throws {
        #expect(
            try change("deployment", HookSamples.deployment(description: "\"Ship it\\nplease\""))?.title == "Ship it")
    }

    static let states: [(state: String, outcome: Change.Outcome, ended: Bool)] = [
        ("success", .success, true), ("failure", .failure, true), ("error", .failure, true),
        ("pending", .pending, false), ("queued", .pending, false), ("in_progress", .pending, false),
        ("waiting", .pending, false),
    ]

    @Test("a status is news of the same change", arguments: states.indices)
    func status(index: Int) throws {
        let (state, outcome, ended) = Self.states[index]
        let change = try #require(try change("deployment_status", HookSamples.status(state)))
        #expect(change.id == "github:acme/shop:deployment:7")
        #expect(change.outcome == outcome)
        #expect(change.startedAt == HookSamples.noon)
        #expect(change.endedAt == (ended ? HookSamples.noon + .minutes(5) : nil))
        #expect(change.environment == "production", "the status knows the environment better than the deployment")
    }

    @Test("states that tell nothing about the outcome are ignored", arguments: ["inactive", "abandoned"])
    func otherStates(state: String) throws {
        #expect(
            try ignored("deployment_status", HookSamples.status(state))
                == "the deployment state '\(state)' says nothing about the outcome")
    }

    @Test("a status without environment has the deployment's")
    func statusEnvironment() throws {
        let body = HookSamples.status("success", environment: "null")
        #expect(try change("deployment_status", body)?.environment == "staging")
    }

    @Test("a push to the default branch is a pending change, and tells how old its commits are")
    func push() throws {
        let commits = #"[{"timestamp":"2026-03-01T10:00:00Z"},{"timestamp":"2026-03-01T11:30:00Z"}]"#
        let body = HookSamples.push(commits: commits)
        let oldest = HookSamples.noon - .hours(2)
        #expect(
            try HookSamples.decode(.github, body, HookSamples.gitHub("push")).items == [
                .change(
                    Change(
                        id: "github:acme/shop:commit:bbb", service: "shop", version: "bbb", previousVersion: "aaa",
                        author: "ann", title: "Add cart", startedAt: HookSamples.noon, source: "github",
                        repository: "acme/shop", committedAt: oldest, commits: 2)),
                .commits(
                    PushedCommits(
                        repository: "acme/shop", sha: "bbb", before: "aaa", committedAt: oldest, count: 2,
                        pushedAt: HookSamples.noon)),
            ])
    }

    @Test("commits on another branch change nothing and are noted for when they are deployed")
    func otherBranch() throws {
        let body = HookSamples.push(ref: "refs/heads/release", commits: #"[{"timestamp":"2026-03-01T10:00:00Z"},{}]"#)
        #expect(
            try HookSamples.decode(.github, body, HookSamples.gitHub("push")).items == [
                .commits(
                    PushedCommits(
                        repository: "acme/shop", sha: "bbb", before: "aaa", committedAt: nil, count: 2,
                        pushedAt: HookSamples.noon))
            ])
    }

    @Test(
        "the time of a push is GitHub's, else the commit's, else that of arrival",
        arguments: [
            ("1772366400", true, 1_772_366_400_000), ("{}", true, 1_772_359_200_000),
            ("null", false, 1_700_000_000_000),
        ] as [(String, Bool, Int64)])
    func pushTime(pushedAt: String, hasCommit: Bool, expected: Int64) throws {
        var body = HookSamples.push(pushedAt: pushedAt)
        if !hasCommit { body = body.replacing(",\"timestamp\":\"2026-03-01T11:00:00+01:00\"", with: "") }
        #expect(try change("push", body)?.startedAt == Timestamp(milliseconds: expected))
    }

    @Test("tags, deletions and branches without commits change nothing")
    func otherPushes() throws {
        let zero = String(repeating: "0", count: 40)
        #expect(try change("push", HookSamples.push(before: zero))?.previousVersion == "")
        #expect(try ignored("push", HookSamples.push(ref: "refs/tags/v1")) == "'refs/tags/v1' is a tag")
        #expect(try ignored("push", HookSamples.push(after: zero)) == "'refs/heads/main' was deleted")
        for ref in ["refs/heads/cart", "refs/heads/x/main"] {
            #expect(
                try ignored("push", HookSamples.push(ref: ref))
                    == "'\(ref)' is not the default branch, and brings no commits")
        }
    }

    @Test("a merged pull request is the same change as the push that it causes")
    func merged() throws {
        let change = try #require(try change("pull_request", HookSamples.pullRequest()))
        #expect(change.id == (try self.change("push", HookSamples.push()))?.id)
        #expect(change.title == "Add cart" && change.startedAt == HookSamples.noon && change.commits == 4)
    }

    @Test("a pull request that is not merged to the default branch changes nothing")
    func otherPullRequests() throws {
        for body in [
            HookSamples.pullRequest(action: "opened", merged: false), HookSamples.pullRequest(merged: false),
            HookSamples.pullRequest(action: "labeled"),
        ] {
            #expect(try ignored("pull_request", body) == "pull request 12 has changed nothing yet")
        }
        #expect(
            try ignored("pull_request", HookSamples.pullRequest(base: "release"))
                == "'release' is not the default branch")
    }

    @Test("a protection rule asks, and names the place of the answer")
    func protectionRule() throws {
        let names = [ServiceName(match: "acme/*", service: "store")]
        let headers = HookSamples.gitHub("deployment_protection_rule")
        #expect(
            try HookSamples.question(.github, HookSamples.protectionRule, headers, names: names)
                == DeploymentQuestion(
                    id: "github:acme~shop:deployment:7", service: "store", environment: "production", sha: "abc123",
                    repository: "acme/shop", author: "ann",
                    reply: .gitHubProtectionRule(
                        repository: "acme/shop", callback: "https://api.github.com/x", environment: "production",
                        installation: 3)))
    }

    @Test("checks that are asked for are questions, their results are not")
    func checks() throws {
        func body(_ action: String, installation: String = #","installation":{"id":3}"#) -> String {
            #"{"action":"\#(action)","check_suite":{"head_sha":"abc"},\#(HookSamples.repository)\#(installation)}"#
        }
        let first = try HookSamples.question(.github, body("requested"), HookSamples.gitHub("check_suite"))
        #expect(first?.reply == .gitHubCheck(repository: "acme/shop", sha: "abc", installation: 3))
        let again = try HookSamples.question(.github, body("rerequested"), HookSamples.gitHub("check_suite", "d2"))
        #expect(again?.id != first?.id)
        for text in [body("completed"), body("requested", installation: "")] {
            #expect(try ignored("check_suite", text) == "a check's result tells of tests, not of changes")
        }
        let queue = #"{"action":"checks_requested","merge_group":{"head_sha":"abc"},\#(HookSamples.repository)}"#
        #expect(
            try HookSamples.question(.github, queue, HookSamples.gitHub("merge_group"))?.reply
                == .gitHubStatus(repository: "acme/shop", sha: "abc", installation: nil))
    }

    @Test(
        "what a deployer attaches has at most 200 bytes and no control characters",
        arguments: [
            ("cart\u{7}", "cart"), ("\u{1b}\u{7}", "shop"), (String(repeating: "é", count: 100), nil),
            (String(repeating: "é", count: 101), "shop"),
        ])
    func attached(text: String, service: String?) throws {
        let payload = try JSONEncoder().encode(["service": text])
        let body = HookSamples.deployment(payload: String(decoding: payload, as: UTF8.self))
        #expect(try change("deployment", body)?.service == service ?? text)
    }

    static let conclusions: [(conclusion: String, outcome: Change.Outcome?)] = [
        ("success", .success), ("failure", .failure), ("timed_out", .failure), ("cancelled", nil),
        ("skipped", nil), ("", nil),
    ]

    @Test("a job that deploys has news of its deployment", arguments: conclusions.indices)
    func job(index: Int) throws {
        let (conclusion, outcome) = Self.conclusions[index]
        let job = #"{"conclusion":"\#(conclusion)","completed_at":"2026-03-01T12:04:00Z"}"#
        let body = HookSamples.deployment().replacing(#""created","#, with: #""completed","workflow_job":\#(job),"#)
        let change = try change("workflow_job", body)
        #expect(change?.outcome == outcome)
        if outcome != nil {
            #expect(change?.id == "github:acme/shop:deployment:7")
            #expect(change?.endedAt == HookSamples.noon + .minutes(4))
        }
    }

    @Test("a ping is a ping, other events are ignored with a reason")
    func otherEvents() throws {
        #expect(try HookSamples.decode(.github, "{\"zen\":\"x\"}", HookSamples.gitHub("ping")).items == [.ping])
        for event in ["release", "status", "workflow_run", "deployment_review", "workflow_job"] {
            let reason = try ignored(event, "{}")
            #expect(reason?.contains("are not read") == false)
        }
        #expect(try ignored("star", "{}") == "events of the kind 'star' are not read")
    }

    static let malformed: [(event: String, body: String, path: String)] = [
        ("ping", "[1]", "$"),
        ("deployment", "{}", "$.deployment"),
        ("deployment", HookSamples.deployment().replacing("\"id\":7", with: "\"id\":{}"), "$.deployment.id"),
        ("deployment", HookSamples.deployment().replacing("abc123", with: ""), "$.deployment.sha"),
        (
            "deployment", HookSamples.deployment().replacing("abc123", with: String(repeating: "x", count: 513)),
            "$.deployment.sha"
        ),
        (
            "deployment", HookSamples.deployment().replacing("2026-03-01T12:00:00Z", with: "yesterday"),
            "$.deployment.created_at"
        ),
        ("deployment", HookSamples.deployment().replacing("acme/shop", with: ""), "$.repository.full_name"),
        ("deployment_status", HookSamples.deployment(), "$.deployment_status"),
        ("push", HookSamples.push().replacing("\"after\"", with: "\"later\""), "$.after"),
        (
            "deployment_protection_rule", HookSamples.protectionRule.replacing("callback_url", with: "callback"),
            "$.deployment_callback_url"
        ),
    ]

    @Test("a malformed payload is refused with the place of the mistake", arguments: malformed.indices)
    func malformedPayload(index: Int) {
        let (event, body, expected) = Self.malformed[index]
        let error = #expect(throws: HookError.self) { try change(event, body) }
        guard case .malformed(let path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == expected && error?.status == 422)
    }
}
