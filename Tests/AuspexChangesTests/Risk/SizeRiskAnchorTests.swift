import AuspexTesting
import Foundation
import Subprocess
import Testing

@testable import AuspexChanges

/// The size model on public changes with known outcomes, against the published figures of LApredict (Zeng et al.,
/// ISSTA 2021, table 6).
@Suite struct SizeRiskAnchorTests {
    static let folder = "change-risk/lapredict_issta21"

    /// Lines added and outcome of every change, oldest first.
    private func changes(_ name: String) async throws -> [(added: Int, isBad: Bool)] {
        let folder = try PublicData.here.url(Self.folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let file = try #require(files.first { $0.hasPrefix(name + "_") || $0.hasPrefix(name + ".") })
        let text = try await Subprocess.run(
            .name("gzip"), arguments: ["-dc", folder.appending(path: file).path], output: .string(limit: 64 << 20))
        let rows = text.standardOutput.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        }
        let header = try #require(rows.first)
        let added = try #require(header.firstIndex { $0.elementsEqual("la".utf8) })
        let bad = try #require(header.firstIndex { $0.elementsEqual("bug".utf8) })
        return try rows.dropFirst().map { row in
            (try #require(Int(String(decoding: row[added], as: UTF8.self))), row[bad].first == UInt8(ascii: "1"))
        }
    }

    /// The chance that a bad change scores higher than a good one, ties counting half; by the sum of mean ranks.
    private func areaUnderCurve(_ scored: [(score: Double, isBad: Bool)]) -> Double {
        let sorted = scored.sorted { $0.score < $1.score }
        var rankSum = 0.0
        var start = 0
        while start < sorted.count {
            let end = sorted[start...].firstIndex { $0.score != sorted[start].score } ?? sorted.count
            let rank = Double(start + 1 + end) / 2
            rankSum += rank * Double(sorted[start..<end].filter(\.isBad).count)
            start = end
        }
        let bad = Double(sorted.filter(\.isBad).count)
        return (rankSum - bad * (bad + 1) / 2) / (bad * (Double(sorted.count) - bad))
    }

    @Test(
        "lines added rank the newest fifth of the changes as published",
        .enabled(if: PublicData.here.isExpected(folder), "\(PublicData.hint)"),
        arguments: [
            ("qt", 0.7438), ("openstack", 0.7491), ("jdt", 0.6757), ("platform", 0.7461),
        ])
    func anchor(name: String, published: Double) async throws {
        let changes = try await changes(name)
        let split = Int(Double(changes.count) * 0.8)
        let raw = areaUnderCurve(changes[split...].map { (Double($0.added), $0.isBad) })
        #expect(abs(raw - published) < 0.000_06)

        // What the gate sees is the place among the last 1,000 changes before; it must rank nearly as well.
        let history = Baseline(changes[..<split].suffix(1_000).map { Double($0.added) })
        let placed = try changes[split...].map { change in
            (try #require(history.percentile(of: Double(change.added))), change.isBad)
        }
        #expect(abs(areaUnderCurve(placed) - raw) < 0.005)
    }
}
