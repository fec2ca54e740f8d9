import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite struct SessionEvaluationTests {
    private func measured(_ part: String, _ plan: SessionProtocol, _ methods: [SessionMethod]) throws
        -> [ConfusionCounts?]
    {
        let path = try PublicData.here.url("logs/\(part)").path
        let result = try SessionEvaluation(methods: methods, protocols: [plan]).run(paths: [path])
        return methods.map { result.counts(part, plan, $0) }
    }

    // What loglizer's own code with the settings of its demos gives on these sessions.
    @Test(
        "loglizer's models give loglizer's figures on HDFS",
        .enabled(if: PublicData.here.isExpected("logs/hdfs_100k_sessions"), "\(PublicData.hint)"),
        arguments: [(SessionProtocol.uniformHalf, 0.528), (.firstHalf, 0.513)])
    func loglizer(plan: SessionProtocol, pca: Double) throws {
        let found = try measured("hdfs_100k_sessions", plan, [.pca, .invariants, .clusters])
        for (counts, expected) in zip(found, [pca, 0.710, 0.710]) {
            #expect(abs(try #require(counts).f1 - expected) < 0.0006)
        }
    }

    @Test(
        "HDFS sessions reach the figure that their labels allow",
        .enabled(if: PublicData.here.isExpected("logs/hdfs_100k_sessions"), "\(PublicData.hint)"),
        arguments: [SessionProtocol.firstHalfNormal, .firstHalf, .prequential])
    func hdfs(plan: SessionProtocol) throws {
        let found = try measured("hdfs_100k_sessions", plan, [.counts, .all])
        let (counts, all) = (try #require(found[0]), try #require(found[1]))
        #expect(counts.f1 >= 0.74 && counts.falsePositiveRate <= 0.001)
        #expect(all.recall == 1 && all.falsePositiveRate == 1 && all.f1 < 0.1)
    }

    @Test(
        "OpenStack sessions are told apart after fifty normal ones",
        .enabled(if: PublicData.here.isExpected("logs/seq_openstack_parisakalaki"), "\(PublicData.hint)"))
    func openStack() throws {
        let found = try measured("seq_openstack_parisakalaki", .given, [.counts, .newTransitions])
        let counts = try #require(found[0])
        #expect(counts.f1 >= 0.98 && counts.falsePositiveRate <= 0.01)
        #expect(abs(try #require(found[1]).f1 - 0.985) < 0.001)
    }

    @Test(
        "it abstains where too few sessions were learnt",
        .enabled(if: PublicData.here.isExpected("logs/seq_openstack_loghub"), "\(PublicData.hint)"))
    func abstention() throws {
        let path = try PublicData.here.url("logs/seq_openstack_loghub").path
        let result = try SessionEvaluation(methods: [.counts], protocols: [.given]).run(paths: [path])
        #expect(result.rows.map(\.outcome) == [.abstained(reason: "warming up, session 19 of 50")])
    }

    /// A table of sessions, most of them alike, some without an end.
    private func table() -> String {
        let rows = (0..<400).map { number in
            let isBad = number % 40 == 39
            return "s\(number),\(isBad ? 1 : 0),E1 E2 \(number % 3 == 0 ? "E2 " : "")\(isBad ? "E9" : "E3 E4")"
        }
        return "BlockId,Label,EventSequence\n" + rows.joined(separator: "\n") + "\n"
    }

    private func write(_ text: String, _ name: String, in folder: TemporaryDirectory) throws -> String {
        let path = "\(folder.path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("a table gives a row for each protocol and method, as text and as JSON")
    func rows() throws {
        let folder = try TemporaryDirectory()
        let path = try write(table(), "sessions.csv", in: folder)
        let result = try SessionEvaluation(methods: [.all, .counts]).run(paths: [path])
        #expect(result.rows.map(\.plan.rawValue).filter { $0 == "given" }.isEmpty)
        #expect(result.rows.count == 10)
        let counts = try #require(result.counts(result.rows[0].set, .firstHalfNormal, .counts))
        #expect(counts.f1 == 1 && counts.truePositives == 5)
        let text = try result.text(.table)
        #expect(text.contains("F1 of all") && text.split(separator: "\n").count == 11)
        // The first tenth has too few sessions.
        #expect(text.contains("abstained: warming up, session 39 of 50"))
        let json = try JSONSerialization.jsonObject(with: Data(try result.text(.json).utf8)) as? [String: Any]
        let rows = try #require(json?["rows"] as? [[String: Any]])
        #expect(rows.count == 10 && rows[0]["protocol"] as? String == "uniform_half" && rows[0]["fpr"] as? Double == 1)
        #expect(try result.text(.csv).hasPrefix("set,protocol,method,training,test,anomalies,precision"))
    }

    @Test("lists are one set of three files")
    func lists() throws {
        let folder = try TemporaryDirectory()
        let normal = String(repeating: "id,1 2 3\n", count: 60)
        _ = try write(normal, "x_train", in: folder)
        _ = try write("a,1 2 3\nb,1 2 3\n", "x_test_normal", in: folder)
        _ = try write("7 8\n", "x_test_abnormal", in: folder)
        let result = try SessionEvaluation(methods: [.counts]).run(paths: [folder.path])
        #expect(result.rows.count == 1 && result.rows[0].training == 60 && result.rows[0].test == 3)
        #expect(result.counts(result.rows[0].set, .given, .counts)?.f1 == 1)
    }

    @Test("what cannot be read is named with its line")
    func errors() throws {
        let folder = try TemporaryDirectory()
        let bad = try write("BlockId,Label,EventSequence\na,2,E1\n", "bad.csv", in: folder)
        #expect(throws: SessionFileError(file: bad, line: 2, problem: .notALabel("2"))) {
            try SessionEvaluation().run(paths: [bad])
        }
        let other = try write("a,b\n1,2\n", "other.csv", in: folder)
        #expect(throws: SessionFileError(file: other, line: 1, problem: .noColumn("BlockId"))) {
            try SessionEvaluation().run(paths: [other])
        }
        let empty = try TemporaryDirectory()
        #expect(throws: SessionFileError(file: empty.path, line: nil, problem: .noSessions)) {
            try SessionEvaluation().run(paths: [empty.path])
        }
        #expect(throws: EvaluationError.self) { try SessionEvaluation().run(paths: ["/nowhere/at/all"]) }
    }
}
