import AuspexRules
import AuspexSignals
import Testing

@testable import AuspexEngine

@Suite struct LogStageTests {
    @Test(
        "a record whose source has no place for a severity gets the one that its line names",
        arguments: [
            ("", "2026-03-01 12:00:00 ERROR shop: no disk", "ERROR"), ("", "no disk", ""),
            ("DEBUG", "2026-03-01 12:00:00 ERROR shop: no disk", "DEBUG"),
        ])
    func severity(sent: String, body: String, expected: String) {
        var stage = LogStage()
        let record = LogRecord(time: Timestamp(milliseconds: 0), severity: sent, body: body)
        #expect(stage.fact(record).record.severity == expected)
    }
}
