import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

/// rollback-revert-gitlab, with real git and a GitLab of the test's own.
@Suite(.timeLimit(.minutes(3)), .enabled(if: Tools.git != nil, "needs git"))
struct GitLabRevertRunbookTests {
    private static let token = "glpat-0123456789abcdefghij"
    private static let path = "/api/v4/projects/acme%2Fweb%2Fshop"

    /// GitLab with one project: a pipeline that is started is found running once, and then at its end.
    private struct GitLab {
        let api: FakeAPI
        private let pipelines: Pipelines

        /// A class because the server's thread and the test share it.
        private final class Pipelines: Sendable {
            let times = Mutex<[String]>([])
            let looks = Mutex(0)
        }

        /// - Parameter end: What becomes of the pipeline.
        init(end: String = "success") throws {
            let pipelines = Pipelines()
            self.pipelines = pipelines
            api = try FakeAPI { call in
                let started = pipelines.times.withLock { $0 }
                switch (call.method, call.path) {
                case ("POST", path + "/pipeline"):
                    let now = Double(SystemWallClock().now().milliseconds) / 1_000
                    let time = Date(timeIntervalSince1970: now).formatted(
                        .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(
                            separator: .omitted))
                    pipelines.times.withLock { $0.append(time) }
                    return LoopbackServer.ok(
                        #"{"id":8,"status":"created","source":"api","ref":"main"}"#, status: "201 Created")
                case ("GET", path + "/pipelines?ref=main&source=api&per_page=20"):
                    let all = (started.reversed() + ["2026-01-01T10:00:00.000+02:00"]).map {
                        #"{"status":"success","source":"api","ref":"main","created_at":"\#($0)"}"#
                    }
                    return LoopbackServer.ok("[\(all.joined(separator: ","))]")
                case ("GET", path + "/repository/branches/main"):
                    // As an API would that shows too much.
                    return LoopbackServer.ok(
                        #"{"name":"main","you":"\#(call.headers["authorization"] ?? "")"}"#)
                case ("GET", path + "/repository/commits/main"):
                    guard !started.isEmpty else {
                        return LoopbackServer.ok(
                            #"{"message":"Sell nothing","last_pipeline":{"status":"success","source":"push"}}"#)
                    }
                    let look = pipelines.looks.withLock { looks in
                        looks += 1
                        return looks
                    }
                    return LoopbackServer.ok(
                        """
                        {"message":"Revert \\"Sell nothing\\"\\n\\nThis reverts commit abc.",\
                        "last_pipeline":{"status":"\(look > 1 ? end : "running")","source":"api"}}
                        """)
                default: return LoopbackServer.ok(#"{"message":"404 Not Found"}"#, status: "404 Not Found")
                }
            }
        }

        var startCount: Int { pipelines.times.withLock { $0.count } }

        /// A project that is kept here.
        func project(laterChange: String? = nil) async throws -> RevertedProject {
            try await RevertedProject(
                "rollback-revert-gitlab", at: api, insteadOf: "https://gitlab.com", ["project": "acme/web/shop"],
                secrets: ["GITLAB_TOKEN": GitLabRevertRunbookTests.token], laterChange: laterChange)
        }
    }

    @Test(
        "a commit is reverted on the branch, and one pipeline started, whenever the engine dies",
        arguments: RevertedProject.losses)
    func reverts(loss: (String, Bool)?) async throws {
        let gitLab = try GitLab()
        let project = try await gitLab.project()
        let run = try await project.site.run(
            project.plan, losing: loss.map { .init(step: $0.0, happened: $0.1) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(try await project.origin("show", "main:shop") == "price 1")
        #expect(try await project.origin("rev-list", "--count", "main") == "3")
        // The push starts no pipeline of its own.
        #expect(Set(project.pushOptions) == ["ci.skip"])
        #expect(gitLab.startCount == 1)
        let dispatch = try #require(gitLab.api.calls.first { $0.method == "POST" })
        #expect(dispatch.path == Self.path + "/pipeline")
        #expect(dispatch.json == .object(["ref": .string("main")]))
        #expect(gitLab.api.calls.allSatisfy { $0.headers["authorization"] == "Bearer \(Self.token)" })
        #expect(!"\(run)".contains(Self.token))
        let look = run.lastAttempt(at: "preconditions/branch-is-there")?.result?.output.text
        #expect(look?.contains(#""you":"Bearer ******""#) == true, "\(look ?? "")")
    }

    @Test(
        "a pipeline that fails, is stopped, or waits for somebody, is told to people",
        arguments: ["failed", "canceled", "manual"])
    func pipelineFails(end: String) async throws {
        let gitLab = try GitLab(end: end)
        let project = try await gitLab.project()
        let run = try await project.site.run(project.plan)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "deployed") == .failed && gitLab.startCount == 1)
        #expect(project.site.messages.count == 1)
    }

    @Test("a pipeline that GitLab refuses to start is told to people")
    func refused() async throws {
        let gitLab = try GitLab()
        let project = try await gitLab.project()
        // The branch is looked at twice before that.
        let look = LoopbackServer.ok(#"{"name":"main"}"#)
        gitLab.api.next(look, look, LoopbackServer.ok("{}", status: "403 Forbidden"))
        let run = try await project.site.run(project.plan)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.reason(of: "dispatch")?.contains("403") == true)
        #expect(project.site.messages.first?.hasPrefix("page: Reverting ") == true)
    }

    @Test("a token that is good for nothing keeps the run from beginning")
    func badToken() async throws {
        let gitLab = try GitLab()
        gitLab.api.next(LoopbackServer.ok("{}", status: "401 Unauthorized"))
        let project = try await gitLab.project()
        let run = try await project.site.run(project.plan)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(try await project.origin("show", "main:shop") == "price 0")
        #expect(gitLab.startCount == 0)
    }

    @Test("a revert that meets a later change is given up, and the clone is clean again")
    func conflict() async throws {
        let gitLab = try GitLab()
        let project = try await gitLab.project(laterChange: "price 2")
        let run = try await project.site.run(project.plan)
        #expect(run.status == .failed && run.state(of: "revert") == .failed, "\(run.story)")
        #expect(try await project.origin("show", "main:shop") == "price 2")
        #expect(gitLab.startCount == 0)
        #expect(try await project.uncommitted().isEmpty)
    }
}
