import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct GitHubEventsTests {
    static let noon = Timestamp(milliseconds: 1_772_366_400_000)

    @Test("a deployment is a pending change")
    func deployment() throws {
        let change = try GitHubFixtures.change("deployment", GitHubFixtures.deployment())
        #expect(
            change
                == Change(
                    id: "github:acme/shop:deployment:7", service: "shop", environment: "production", version: "abc123",
                    author: "ann", title: "Deploy main to production", startedAt: Self.noon, source: "github"))
    }

    @Test(
        "the deployer may name service and previous version, in an object or in a text",
        arguments: [
            #"{"service":"cart","previous_version":"v1","more":[1]}"#,
            #""{\"service\":\"cart\",\"previous_version\":\"v1\"}""#,
        ])
    func attached(payload: String) throws {
        let change = try GitHubFixtures.change("deployment", GitHubFixtures.deployment(payload: payload))
        #expect(change?.service == "cart" && change?.previousVersion == "v1")
    }

    @Test(
        "a payload of another form says nothing",
        arguments: [
            "null", "[]", "3", #""free text""#, #"{"service":1}"#, #"{"service":""}"#, #""[[[[[[[[[1]]]]]]]]]""#,
        ])
    func unusablePayload(payload: String) throws {
        let change = try GitHubFixtures.change("deployment", GitHubFixtures.deployment(payload: payload))
        #expect(change?.service == "shop" && change?.previousVersion == "")
    }

    @Test("a description is the title, its first line only")
    func title() throws {
        let body = GitHubFixtures.deployment(description: "\"Ship it\\nplease\"")
        #expect(try GitHubFixtures.change("deployment", body)?.title == "Ship it")
    }

    static let states: [(state: String, outcome: Change.Outcome, ended: Bool)] = [
        ("success", .success, true), ("failure", .failure, true), ("error", .failure, true),
        ("pending", .pending, false), ("queued", .pending, false), ("in_progress", .pending, false),
        ("waiting", .pending, false),
    ]

    @Test("a status is news of the same change", arguments: states.indices)
    func status(index: Int) throws {
        let (state, outcome, ended) = Self.states[index]
        let change = try #require(try GitHubFixtures.change("deployment_status", GitHubFixtures.status(state)))
        #expect(change.id == "github:acme/shop:deployment:7")
        #expect(change.outcome == outcome)
        #expect(change.startedAt == Self.noon)
        #expect(change.endedAt == (ended ? Self.noon + .minutes(5) : nil))
        #expect(change.environment == "production", "the status knows the environment better than the deployment")
    }

    @Test("states that tell nothing about the outcome are ignored", arguments: ["inactive", "abandoned"])
    func otherStates(state: String) throws {
        let delivery = try GitHubFixtures.decode("deployment_status", GitHubFixtures.status(state))
        #expect(delivery.content == .ignored(.deploymentState(state)))
    }

    @Test("a status without environment has the deployment's")
    func statusEnvironment() throws {
        let body = GitHubFixtures.status("success", environment: "null")
        #expect(try GitHubFixtures.change("deployment_status", body)?.environment == "staging")
    }

    @Test("a push to the default branch is a pending change")
    func push() throws {
        let change = try GitHubFixtures.change("push", GitHubFixtures.push())
        #expect(
            change
                == Change(
                    id: "github:acme/shop:commit:bbb", service: "shop", version: "bbb", previousVersion: "aaa",
                    author: "ann", title: "Add cart", startedAt: Self.noon, source: "github"))
    }

    @Test(
        "the time of a push is GitHub's, else the commit's, else that of arrival",
        arguments: [
            ("1772366400", true, 1_772_366_400_000), ("\"2026\"", true, 1_772_359_200_000),
            ("9223372036854775807", true, 1_772_359_200_000), ("null", false, 1_700_000_000_000),
        ] as [(String, Bool, Int64)])
    func pushTime(pushedAt: String, hasCommit: Bool, expected: Int64) throws {
        var body = GitHubFixtures.push(pushedAt: pushedAt)
        if !hasCommit { body = body.replacing(",\"timestamp\":\"2026-03-01T11:00:00+01:00\"", with: "") }
        #expect(try GitHubFixtures.change("push", body)?.startedAt == Timestamp(milliseconds: expected))
    }

    @Test("a new branch has no version before it")
    func newBranch() throws {
        let body = GitHubFixtures.push(before: String(repeating: "0", count: 40))
        #expect(try GitHubFixtures.change("push", body)?.previousVersion == "")
    }

    @Test("tags, deletions and other branches change nothing")
    func otherPushes() throws {
        let zero = String(repeating: "0", count: 40)
        let cases: [(String, GitHubDelivery.Ignored)] = [
            (GitHubFixtures.push(ref: "refs/tags/v1"), .tag("refs/tags/v1")),
            (GitHubFixtures.push(after: zero), .deletion("refs/heads/main")),
            (GitHubFixtures.push(ref: "refs/heads/cart"), .branch("refs/heads/cart")),
            (GitHubFixtures.push(ref: "refs/heads/x/main"), .branch("refs/heads/x/main")),
        ]
        for (body, expected) in cases {
            #expect(try GitHubFixtures.decode("push", body).content == .ignored(expected))
        }
    }

    @Test("a merged pull request is the same change as the push that it causes")
    func merged() throws {
        let delivery = try GitHubFixtures.decode("pull_request", GitHubFixtures.pullRequest())
        guard case .change(let change) = delivery.content else {
            Issue.record("\(delivery.content)")
            return
        }
        #expect(change.id == (try GitHubFixtures.change("push", GitHubFixtures.push()))?.id)
        #expect(change.title == "Add cart" && change.startedAt == Self.noon)
        #expect(delivery.size == GitHubChangeSize(additions: 10, deletions: 2, files: 3, commits: 4))
    }

    @Test("a pull request that is not merged is a proposal")
    func proposals() throws {
        let open = GitHubProposal(
            number: 12, title: "Add cart", author: "ann", head: "hhh", base: "aaa", isOpen: true)
        for action in ["opened", "reopened", "synchronize", "ready_for_review", "edited"] {
            let body = GitHubFixtures.pullRequest(action: action, state: "open", merged: false)
            #expect(try GitHubFixtures.decode("pull_request", body).content == .proposal(open))
        }
        var closed = open
        closed.isOpen = false
        let body = GitHubFixtures.pullRequest(merged: false)
        #expect(try GitHubFixtures.decode("pull_request", body).content == .proposal(closed))
    }

    @Test("merges elsewhere and other actions change nothing")
    func otherPullRequests() throws {
        #expect(
            try GitHubFixtures.decode("pull_request", GitHubFixtures.pullRequest(base: "release")).content
                == .ignored(.branch("release")))
        #expect(
            try GitHubFixtures.decode("pull_request", GitHubFixtures.pullRequest(action: "labeled")).content
                == .ignored(.action("labeled")))
    }

    @Test("a ping is a ping, other events are ignored by name")
    func otherEvents() throws {
        #expect(try GitHubFixtures.decode("ping", "{\"zen\":\"x\"}").content == .ping)
        #expect(try GitHubFixtures.decode("release", "{}").content == .ignored(.event("release")))
    }

    /// The recorded deliveries, by file.
    static let recorded: [(file: String, event: String, expected: String)] = [
        ("deployment.payload", "deployment", "change github:Codertocat/Hello-World:deployment:145988746 pending"),
        (
            "deployment_status.payload", "deployment_status",
            "change github:Codertocat/Hello-World:deployment:145988746 success"
        ),
        ("push.payload", "push", "ignored 'refs/tags/simple-tag' was deleted"),
        ("push.with-organization.payload", "push", "ignored 'refs/tags/simple-tag' was deleted"),
        ("pull_request.opened.payload", "pull_request", "proposal 2 open"),
        ("pull_request.closed.payload", "pull_request", "proposal 2 closed"),
        ("ping.payload", "ping", "ping"),
        ("check_run.completed.payload", "check_run", "ignored events of the kind 'check_run' are not read"),
        ("check_suite.completed.payload", "check_suite", "ignored events of the kind 'check_suite' are not read"),
        (
            "deployment_protection_rule.requested.SYNTHETIC", "deployment_protection_rule",
            "ignored events of the kind 'deployment_protection_rule' are not read"
        ),
        (
            "deployment_review.requested.payload", "deployment_review",
            "ignored events of the kind 'deployment_review' are not read"
        ),
        (
            "merge_group.checks_requested.payload", "merge_group",
            "ignored events of the kind 'merge_group' are not read"
        ),
        ("release.published.payload", "release", "ignored events of the kind 'release' are not read"),
        ("status.payload", "status", "ignored events of the kind 'status' are not read"),
        (
            "workflow_job.queued.with-deployment.payload", "workflow_job",
            "ignored events of the kind 'workflow_job' are not read"
        ),
        ("workflow_run.completed.payload", "workflow_run", "ignored events of the kind 'workflow_run' are not read"),
    ]

    @Test(
        "recorded deliveries are understood",
        .enabled(if: PublicData.here.isExpected("webhooks"), "\(PublicData.hint)"),
        arguments: recorded.indices)
    func recordedDelivery(index: Int) throws {
        let (file, event, expected) = Self.recorded[index]
        let url = try PublicData.here.url("webhooks").appending(path: "github/\(file).json")
        let delivery = try GitHubWebhook.decode(
            event: event, delivery: "d", body: try Data(contentsOf: url), receivedAt: GitHubFixtures.receivedAt)
        let text =
            switch delivery.content {
            case .ping: "ping"
            case .change(let change): "change \(change.id) \(change.outcome.rawValue)"
            case .proposal(let proposal): "proposal \(proposal.number) \(proposal.isOpen ? "open" : "closed")"
            case .ignored(let reason): "ignored \(reason)"
            }
        #expect(text == expected)
        #expect(delivery.repository.contains("/"))
    }
}
