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
    private struct GitHub {
        let api: FakeAPI
        private let starts: Starts

        /// A class because the server's thread and the test share it.
        private final class Starts: Sendable {
            let times = Mutex<[String]>([])
        }

        /// - Parameter state: The state of the workflow.
        init(state: String = "active") throws {
            let starts = Starts()
            self.starts = starts
            api = try FakeAPI { call in
                if call.method == "POST" {
                    let now = Double(SystemWallClock().now().milliseconds) / 1_000
                    starts.times.withLock { $0.append(Date(timeIntervalSince1970: now).formatted(.iso8601)) }
                    return LoopbackServer.ok("", status: "204 No Content")
                }
                if call.path.hasSuffix("/deploy.yml") {
                    // As an API would that shows too much.
                    return LoopbackServer.ok(#"{"state":"\#(state)","by":"\#(call.headers["authorization"] ?? "")"}"#)
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

        /// A project that is kept here.
        func project(laterChange: String? = nil) async throws -> RevertedProject {
            try await RevertedProject(
                "rollback-revert", at: api, insteadOf: "https://api.github.com",
                ["organisation": "acme", "repository": "shop"],
                secrets: ["GITHUB_TOKEN": RevertRunbookTests.token], laterChange: laterChange)
        }
    }

    @Test(
        "a commit is reverted on the branch, and its workflow started once, whenever the engine dies",
        arguments: RevertedProject.losses)
    func reverts(loss: (String, Bool)?) async throws {
        let gitHub = try GitHub()
        let project = try await gitHub.project()
        let run = try await project.site.run(
            project.plan, losing: loss.map { .init(step: $0.0, happened: $0.1) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(try await project.origin("show", "main:shop") == "price 1")
        #expect(try await project.origin("rev-list", "--count", "main") == "3")
        #expect(try await project.origin("log", "-1", "--format=%an", "main") == "Auspex")
        #expect(gitHub.startCount == 1)
        let dispatch = try #require(gitHub.api.calls.first { $0.method == "POST" })
        #expect(dispatch.path == "/repos/acme/shop/actions/workflows/deploy.yml/dispatches")
        #expect(dispatch.json == .object(["ref": .string("main")]))
        #expect(gitHub.api.calls.allSatisfy { $0.headers["authorization"] == "Bearer \(Self.token)" })
        #expect(!"\(run)".contains(Self.token))
        #expect(try project.site.evidence(of: run).contains("Sell nothing"))
    }

    @Test("a revert that meets a later change is given up, nothing is pushed or deployed, and the clone is clean again")
    func conflict() async throws {
        let gitHub = try GitHub()
        let project = try await gitHub.project(laterChange: "price 2")
        let run = try await project.site.run(project.plan)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "revert") == .failed)
        #expect(try await project.origin("show", "main:shop") == "price 2")
        #expect(gitHub.startCount == 0)
        #expect(try await project.uncommitted().isEmpty)
        #expect(project.site.messages.count == 1)
    }

    @Test("a workflow that nobody may start keeps the run from beginning")
    func disabled() async throws {
        let gitHub = try GitHub(state: "disabled_manually")
        let project = try await gitHub.project()
        let run = try await project.site.run(project.plan)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(try await project.origin("show", "main:shop") == "price 0")
        #expect(gitHub.startCount == 0)
    }

    @Test("a dispatch that GitHub refuses is told to people")
    func refused() async throws {
        let gitHub = try GitHub()
        let project = try await gitHub.project()
        // The workflow is looked at twice before that.
        let look = LoopbackServer.ok(#"{"state":"active"}"#)
        gitHub.api.next(look, look, LoopbackServer.ok("{}", status: "403 Forbidden"))
        let run = try await project.site.run(project.plan)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.reason(of: "dispatch")?.contains("403") == true)
        #expect(project.site.messages.first?.hasPrefix("page: Reverting ") == true)
    }
}
