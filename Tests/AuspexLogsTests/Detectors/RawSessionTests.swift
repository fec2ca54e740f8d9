import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexLogs

@Suite struct RawSessionTests {
    /// A line's template and the id that `key` finds in it.
    private func read(_ line: String, _ miner: inout TemplateMiner, _ key: SessionKey) -> (
        TemplateID, String?, Timestamp?
    ) {
        let bytes = Array(line.utf8)
        let header = LogHeader(of: bytes.span, reference: nil)
        let message = bytes.span.extracting(header.messageStart..<bytes.count)
        var parameters: [Range<Int>] = []
        let match = miner.add(message, at: header.time, parameters: &parameters)
        return (match.template, key.id(parameters: parameters, of: message), header.time)
    }

    // A negative control: the cut leaves late sessions open, and 41 of 43 anomalous ones look like normal ones.
    // It shows that sessions are found in raw lines, and that false alarms stay few.
    @Test(
        "sessions of raw HDFS lines are found by their block, and few are reported",
        .enabled(if: PublicData.here.isExpected("logs/raw_labelled"), "\(PublicData.hint)"))
    func hdfs() throws {
        let folder = try PublicData.here.url("logs/raw_labelled")
        let lines = String(decoding: try PublicData.file(in: folder, containing: "HDFS_20000"), as: UTF8.self)
        var miner = TemplateMiner()
        var tracker = SessionTracker()
        var detector = SessionDetector()
        var (judged, reported): (Set<String>, Int) = ([], 0)
        func judge(_ sessions: [LogSession]) {
            for session in sessions {
                judged.insert(session.id)
                reported += detector.judge(session).isAnomalous ? 1 : 0
            }
        }
        var without = 0
        for line in lines.split(whereSeparator: \.isNewline) {
            let (template, id, time) = read(String(line), &miner, .parameter(prefix: "blk_"))
            for alias in miner.takeAliases() {
                tracker.merge(alias)
                detector.merge(alias)
            }
            guard let id, let time else {
                without += 1
                continue
            }
            judge(tracker.update(template, session: id, at: time))
        }
        judge(tracker.finish())
        #expect(judged.count == 1_782)
        #expect(Double(without) <= 0.01 * 20_000, "\(without)")
        #expect(Double(reported) <= 0.05 * Double(judged.count), "\(reported)")
    }
}
