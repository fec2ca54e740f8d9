import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Scoring runs") struct ScoringRunTests {
    private func score(
        _ text: String, detector: String = "size", _ configure: (inout ScoringRun) -> Void = { _ in }
    ) async throws -> ScoringResult {
        var run = ScoringRun(path: "-")
        run.detector = detector
        run.registry = try TestDetectors.registry()
        configure(&run)
        return try await run.run(bytes: Array(text.utf8))
    }

    private func text(_ result: ScoringResult, _ format: ScoringFormat) -> String {
        var text = ""
        result.write(format) { text += $0 }
        return text
    }

    @Test("CSV keeps the input's columns and adds the scores")
    func csv() async throws {
        let result = try await score("timestamp,value,label\n2026-03-01T00:00:00Z,2.5,0\n2026-03-01T00:01:00Z,,1\n")
        #expect(
            text(result, .csv) == """
                timestamp,value,label,score,p_value,anomaly,expected,lower,upper
                2026-03-01T00:00:00Z,2.5,0,2.5,0.6666666666666666,0,0,-1,1
                2026-03-01T00:01:00Z,,1,0,1,0,,,

                """)
        #expect(result.notes == ["a note <b>"] && result.rowCount == 2 && result.anomalyCount == 0)
    }

    @Test("without times rows have an index; columns named like ours give way")
    func index() async throws {
        let result = try await score("score,x\n3,1\n-4,2\n")
        #expect(
            text(result, .ndjson) == """
                {"index":0,"input_score":3,"x":1,"score":3,"p_value":1,"anomaly":0,"expected":0,"lower":-1,"upper":1}
                {"index":1,"input_score":-4,"x":2,"score":4,"p_value":0.6666666666666666,"anomaly":0,"expected":0,"lower":-1,"upper":1}

                """)
    }

    @Test(
        "no two columns of the output have one name",
        arguments: [
            ("index,value\n1,2\n", ["index", "input_index", "value"]),
            (
                "timestamp,score,input_score\n1,2,3\n",
                ["timestamp", "input_input_score", "input_score"]
            ),
            ("upper,lower,label\n1,2,0\n", ["index", "input_upper", "input_lower", "label"]),
            (
                "{\"labels\":{\"a\":\"b\"},\"series\":1}\n{\"labels\":{},\"series\":2}\n",
                ["index", "series", "input_series"]
            ),
        ])
    func uniqueNames(input: String, names: [String]) async throws {
        let header = try #require(text(try await score(input), .csv).split(separator: "\n").first)
        #expect(
            header.split(separator: ",").map(String.init)
                == names + ["score", "p_value", "anomaly", "expected", "lower", "upper"])
    }

    @Test("a row's time is written as the input has it, as a number where JSON knows it as one")
    func times() async throws {
        let result = try await score("time,v\n+1700000000,1\n1700000000.1234567,2\n1700000001.,3\n")
        let times = text(result, .csv).split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
        #expect(times == ["+1700000000", "1700000000.1234567", "1700000001."])
        let objects = text(result, .ndjson).split(separator: "\n").map { $0.prefix { $0 != "," } }
        #expect(
            objects == ["{\"time\":\"+1700000000\"", "{\"time\":1700000000.1234567", "{\"time\":\"1700000001.\""])
        let dates = try await score("time,v\n2014-04-01 00:05:00,1\n")
        #expect(text(dates, .csv).contains("\n2014-04-01 00:05:00,1,"))
    }

    @Test("rows out of the order of time are scored in it, and written where they stood", arguments: ["ewma", "mad"])
    func order(detector: String) async throws {
        let rows = (0..<400).map { "\($0 * 60),\($0 == 300 ? 90 : $0 % 7)\n" }
        let ordered = try await score("time,v\n" + rows.joined(), detector: detector)
        let reversed = try await score("time,v\n" + rows.reversed().joined(), detector: detector)
        #expect(ordered.series[0].scores == reversed.series[0].scores.reversed())
        #expect(ordered.series[0].calibrated == reversed.series[0].calibrated.reversed())
        #expect(ordered.series[0].expectations == reversed.series[0].expectations?.reversed())
        #expect(ordered.series[0].scores.contains { $0 > 0 } && ordered.notes.isEmpty)
        #expect(
            reversed.notes == ["the rows are not in the order of their times; they were scored in that order"])
        #expect(text(reversed, .csv).split(separator: "\n")[1].hasPrefix("23940,0,"))
        let repeated = try await score("time,v\n1,1\n2,2\n2,3\n1,4\n", detector: detector)
        #expect(repeated.notes.contains("2 row(s) have the time of another one; times count to the millisecond"))
    }

    @Test("training rows go along when rows are put in order")
    func orderOfTraining() {
        let times = [5, 4, 3, 2, 1].map { Timestamp(milliseconds: $0) }
        let table = try? Table(columns: [[50, 40, 30, 20, 10]], times: times)
        guard let table else { return }
        let series = LabelledSeries(
            name: "x", table: table, labels: [true, false, false, false, false], training: 0..<2)
        let sorted = TimeOrder(times).sorted(series)
        #expect(sorted.table.column(0) == [10, 20, 30, 40, 50] && sorted.table.times == times.reversed())
        #expect(sorted.labels == [false, false, false, false, true] && sorted.training == 3..<5)
        let mixed = [1, 4, 2, 3, 5].map { Timestamp(milliseconds: $0) }
        #expect(TimeOrder(mixed).sorted(series).training == nil)
    }

    @Test("a column that looks like labels is left out and named")
    func furtherLabels() async throws {
        let result = try await score("v,label,is_anomaly\n1,0,0\n")
        #expect(result.series[0].table.names == ["v"])
        #expect(
            result.notes.first
                == "the column 'is_anomaly' looks like labels and is left out; --label-column or --value-column choose it"
        )
    }

    @Test("the unit of times can be given, and times can be denied")
    func timeOptions() async throws {
        let result = try await score("time,v\n5,1\n") { $0.input.timeUnit = .milliseconds }
        #expect(result.series[0].table.times == [Timestamp(milliseconds: 5)])
        let numbered = try await score("time,v\n5,1\n") { $0.input.ignoresTimes = true }
        #expect(numbered.series[0].table.times == nil && numbered.series[0].table.names == ["time", "v"])
    }

    @Test("series are scored one by one and written in the order of the input")
    func series() async throws {
        let rows = "a,1,1\nb,1,100\na,2,2\nb,2,200\nb,3,300\na,3,3\n"
        let result = try await score("host,time,value\n" + rows) { $0.input.seriesColumn = "host" }
        #expect(result.series.map(\.labels) == [Labels(["host": "a"]), Labels(["host": "b"])])
        let lines = text(result, .csv).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",")[..<4].joined(separator: ",")
        }
        #expect(lines == ["1,a,1,1", "1,b,100,100", "2,a,2,2", "2,b,200,200", "3,b,300,300", "3,a,3,3"])
        // The largest of each series has the same p-value: calibration does not mix series.
        #expect(result.series[0].calibrated[2] == result.series[1].calibrated[2])
        #expect(result.notes.first == "{host=\"a\"}: a note <b>")
    }

    @Test("JSON is one object with all rows")
    func json() async throws {
        let count = 2_500
        let result = try await score("v\n" + (0..<count).map { "\($0)\n" }.joined()) { $0.path = "a\"b" }
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text(result, .json).utf8)) as? [String: Any])
        #expect(object["file"] as? String == "a\"b" && object["detector"] as? String == "size")
        let rows = try #require(object["rows"] as? [[String: Any]])
        #expect(rows.count == count && rows[2_499]["v"] as? Double == 2_499)
        #expect(Set(rows[0].keys) == ["index", "v", "score", "p_value", "anomaly", "expected", "lower", "upper"])
        #expect(text(result, .ndjson).split(separator: "\n").count == count)
    }

    @Test("a table is aligned")
    func table() async throws {
        let result = try await score("v\n1\n123456.789\n")
        #expect(
            text(result, .table) == """
                index       v   score   p_value  anomaly  expected  lower  upper
                    0       1       1         1        0         0     -1      1
                    1  123457  123457  0.666667        0         0     -1      1

                """)
    }

    @Test("a row over the alert line is an anomaly, in the reading of every format")
    func anomalies() async throws {
        let rows = (0..<2_000).map { "\($0 == 1_234 ? 500 : 1 + Double($0 % 97) / 97)\n" }
        let result = try await score("v\n" + rows.joined())
        #expect(result.anomalyCount == 1 && result.series[0].isAnomalous(1_234))
        let lines = text(result, .csv).split(separator: "\n").filter { $0.split(separator: ",")[4] == "1" }
        #expect(lines.count == 1 && lines[0].hasPrefix("1234,500,500,"))
    }

    @Test("bad rows can be left out, and are told")
    func rejected() async throws {
        let result = try await score("v\n1\nx\n3\n") { $0.input.skipsBadRows = true }
        #expect(result.rowCount == 2 && result.rejectedRows == 1)
        #expect(result.rejections.first?.hasPrefix("-:3:1: column \"v\": \"x\" is not a number") == true)
    }

    @Test("errors name the place, the detector or the rate")
    func errors() async throws {
        await #expect(throws: (any Error).self) { try await score("a,b\n1,x\n") }
        do {
            _ = try await score("a,b\n1,x\n")
        } catch {
            #expect("\(error)".hasPrefix("-:2:3: column \"b\": \"x\" is not a number; write a decimal number"))
        }
        await #expect(throws: DetectorError.self) { try await score("v\n1\n", detector: "nothing") }
        await #expect(throws: DetectorError.tooLarge(detector: "refusing", reason: "it never fits")) {
            try await score("v\n1\n", detector: "refusing")
        }
        await #expect(throws: DetectorError.invalidAlpha(value: 0)) { try await score("v\n1\n") { $0.alpha = 0 } }
    }

    @Test("files are read from their path")
    func file() async throws {
        let folder = try TemporaryDirectory()
        var run = ScoringRun(path: try folder.file("x_tr_1.csv", "v\n1\n2\n"))
        run.detector = "mad"
        #expect(try await run.run().rowCount == 2)
        run.path = folder.path + "/none.csv"
        let called = run
        await #expect(throws: (any Error).self) { try await called.run() }
    }
}
