import AuspexSignals
import AuspexTesting
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The gate of a real engine: what it has answered stays answered.
@Suite(.serialized, .timeLimit(.minutes(3))) struct GateLoopTests {
    private func start(_ directory: TemporaryDirectory, port: Int) async throws -> Daemon {
        let configuration = try directory.file(
            "auspex.yaml", "{listen: '127.0.0.1:\(port)', data_dir: '\(directory.path)/data'}")
        let engine = try await Daemon(
            "auspex-\(port)", Programs.auspex, ["serve", "--config", configuration], in: directory.path)
        _ = try await eventually("the engine is ready") {
            try await HTTP(port: port).get("/readyz").status == 200 ? true : nil
        }
        return engine
    }

    @Test("verdicts and changes that were answered are there after the engine was killed in the middle of more")
    func killed() async throws {
        let directory = try TemporaryDirectory()
        let port = try freePort()
        let http = HTTP(port: port)
        let engine = try await start(directory, port: port)
        let answered = await withTaskGroup(of: (verdict: String?, change: String?).self) { group in
            for number in 0..<400 {
                group.addTask {
                    // Those that come after the end get no answer, and are promised nothing.
                    if number % 2 == 0 {
                        let question: JSONValue = .object(["service": .string("shop-\(number)")])
                        let answer = try? await http.post("/api/v1/gate", json: question)
                        return (answer?.status == 200 ? answer?.json["id"]?.string : nil, nil)
                    }
                    let change: JSONValue = .object(["id": .string("c\(number)"), "service": .string("shop")])
                    let answer = try? await http.post("/api/v1/changes", json: change)
                    return (nil, answer?.status == 202 ? "c\(number)" : nil)
                }
            }
            var all: [(verdict: String?, change: String?)] = []
            for await one in group {
                all.append(one)
                if all.count == 100 { engine.signal(SIGKILL) }
            }
            return all
        }
        await engine.stop(SIGKILL)
        let (verdicts, changes) = (answered.compactMap(\.verdict), answered.compactMap(\.change))
        #expect(!verdicts.isEmpty && !changes.isEmpty)

        let next = try await start(directory, port: port)
        for id in verdicts {
            #expect(try await http.get("/api/v1/gate/\(id)").json["id"]?.string == id)
        }
        let known = try await http.get("/api/v1/changes?limit=1000").json.array?.compactMap { $0["id"]?.string } ?? []
        #expect(Set(known).isSuperset(of: changes))
        await next.stop()
    }
}
