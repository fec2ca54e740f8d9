import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

/// rollback-revert, with real git and a GitHub of the test's own.
@Suite(.timeLimit(.minutes(3)), .enabled(if: Tools.git != nil, "needs git"))
struct RevertRunbookTests {
    private static let token = "ghp_0123456789abcdefghij"

    /// GitHub with one workflow: once it is started, it has succeeded.
    private final class GitHub: Sendable {
        let api: FakeAPI
        private let starts: Starts

        /// A class because the server's thread and the test share it.
        private final class Starts: Sendable {
            let times = Mutex<[String]>([])
        }

        init() throws {
            let starts = Starts()
            self.starts = starts
            api = try FakeAPI { call in
                if call.method == "POST" {
                    let now = Double(SystemWallClock().now().milliseconds) / 1_000
                    starts.times.withLock { $0.append(Date(timeIntervalSince1970: now).formatted(.iso8601)) }
                    return LoopbackServer.ok("", status: "204 No Content")
                }
                let runs = starts.times.withLock { $0 }.reversed().map { time in
                    """
                    {"created_at":"\(time)","status":"completed","conclusion":"success",\
                    "head_commit":{"message":"Revert \\"Sell nothing\\"\\n\\nThis reverts commit abc."}}
                    """
                }
                let old = """
                    {"created_at":"2026-01-01T10:00:00Z","status":"completed","conclusion":"success",\
                    "head_commit":{"message":"Sell nothing"}}
                    """
                return LoopbackServer.ok("{\"workflow_runs\":[\((runs + [old]).joined(separator: ","))]}")
            }
        }

        var startCount: Int { starts.times.withLock { $0.count } }
    }

    /// A repository whose last commit but `later` is bad, with a clone for the engine.
    private struct Project {
        let site: ShippedSite
        let gitHub: GitHub
        let plan: Plan
        let git: String

        init(laterChange: String? = nil) async throws {
            let gitHub = try GitHub()
            self.gitHub = gitHub
            git = try #require(Tools.git)
            let port = try #require(URL(string: gitHub.api.url)?.port)
            site = try ShippedSite("rollback-revert", installed: [git], hosts: ["127.0.0.1:\(port)"])
            let home = site.site.path
            try await Self.git(site, git, "init", "--quiet", "--bare", "--initial-branch=main", home + "/origin.git")
            try await Self.git(site, git, "clone", "--quiet", home + "/origin.git", home + "/seed")
            try await Self.commit(site, git, "price 1", "Sell")
            try await Self.commit(site, git, "price 0", "Sell nothing")
            let bad = try await Self.git(site, git, "-C", home + "/seed", "rev-parse", "HEAD")
            if let laterChange { try await Self.commit(site, git, laterChange, "Sell something else") }
            try await Self.git(site, git, "-C", home + "/seed", "push", "--quiet", "origin", "HEAD:main")
            try await Self.git(site, git, "clone", "--quiet", home + "/origin.git", home + "/clone")
            let plan = try site.plan([
                "service": "shop", "clone": home + "/clone", "commit": bad, "organisation": "acme",
                "repository": "shop", "token": RevertRunbookTests.token,
            ])
            self.plan = try plan.asking(gitHub.api.url, insteadOf: "https://api.github.com")
        }

        @discardableResult
        private static func git(_ site: ShippedSite, _ git: String, _ arguments: String...) async throws -> String {
            try await site.site.run([git] + arguments)
        }

        private static func commit(_ site: ShippedSite, _ git: String, _ text: String, _ title: String) async throws {
            try site.site.file("seed/shop", text + "\n")
            let seed = site.site.path + "/seed"
            try await Self.git(site, git, "-C", seed, "add", "shop")
            try await Self.git(
                site, git, "-C", seed, "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet",
                "-m", title)
        }

        func asked(_ arguments: String...) async throws -> String { try await site.site.run([git] + arguments) }

        var origin: String { site.site.path + "/origin.git" }
    }

    private static let losses: [(String, Bool)?] = [
        nil, ("revert", true), ("revert", false), ("push", true), ("push", false), ("dispatch", true),
        ("dispatch", false),
    ]

    @Test(
        "a commit is reverted on the branch, and its workflow started once, whenever the engine dies",
        arguments: losses)
    func reverts(loss: (String, Bool)?) async throws {
        let project = try await Project()
        let run = try await project.site.run(
            project.plan, losing: loss.map { .init(step: $0.0, happened: $0.1) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(try await project.asked("-C", project.origin, "show", "main:shop") == "price 1")
        #expect(try await project.asked("-C", project.origin, "rev-list", "--count", "main") == "3")
        #expect(try await project.asked("-C", project.origin, "log", "-1", "--format=%an", "main") == "Auspex")
        #expect(project.gitHub.startCount == 1)
        let dispatch = try #require(project.gitHub.api.calls.first { $0.method == "POST" })
        #expect(dispatch.path == "/repos/acme/shop/actions/workflows/deploy.yml/dispatches")
        #expect(dispatch.json == .object(["ref": .string("main")]))
        #expect(dispatch.headers["authorization"] == "Bearer \(Self.token)")
        #expect(!"\(run.masked)".contains(Self.token))
    }

    @Test("a revert that meets a later change is given up, nothing is pushed or deployed, and the clone is clean again")
    func conflict() async throws {
        let project = try await Project(laterChange: "price 2")
        let run = try await project.site.run(project.plan)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "revert") == .failed)
        #expect(try await project.asked("-C", project.origin, "show", "main:shop") == "price 2")
        #expect(project.gitHub.startCount == 0)
        #expect(try await project.asked("-C", project.site.site.path + "/clone", "status", "--porcelain").isEmpty)
        #expect(project.site.messages.count == 1)
    }

    @Test("a dispatch that GitHub refuses is told to people")
    func refused() async throws {
        let project = try await Project()
        project.gitHub.api.next(LoopbackServer.ok("{}", status: "403 Forbidden"))
        let run = try await project.site.run(project.plan)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.reason(of: "dispatch")?.contains("403") == true)
        #expect(project.site.messages.first?.hasPrefix("page: Reverting ") == true)
    }
}

extension Plan {
    /// The plan with another address in place of one that a test cannot ask.
    fileprivate func asking(_ address: String, insteadOf other: String) throws -> Plan {
        try JSONDecoder().decode(Plan.self, from: Data(canonicalText.replacing(other, with: address).utf8))
    }
}
