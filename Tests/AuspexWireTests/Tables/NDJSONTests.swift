import AuspexSignals
import AuspexWire
import Testing

@Suite("NDJSON tables") struct NDJSONTests {
    @Test("flat objects become rows, members that are missing are missing values")
    func flat() throws {
        let text = """
            {"timestamp":"2026-03-01T12:00:00Z","value":1.5,"label":false}
            {"value": null , "timestamp" : "2026-03-01T12:01:00Z", "label":1}

            {"label":0,"timestamp":"2026-03-01T12:02:00Z","late":-2e3}
            """
        let table = try read(text)
        let series = try #require(table.series.first)
        #expect(series.names == ["value", "late"])
        #expect(series.columns[0][0] == 1.5 && series.columns[0][1].isNaN && series.columns[0][2].isNaN)
        #expect(series.columns[1][0].isNaN && series.columns[1][1].isNaN && series.columns[1][2] == -2_000)
        #expect(series.times?.map(\.milliseconds) == [1_772_366_400_000, 1_772_366_460_000, 1_772_366_520_000])
        #expect(series.truth == [false, true, false])
    }

    @Test("a recording is sorted into its series")
    func recording() throws {
        let text = """
            {"labels":{"__name__":"up","job":"a"},"timestamp":1700000000000,"value":1}
            {"labels":{"__name__":"up","job":"b"},"timestamp":1700000000000,"value":0.5}
            {"labels":{"job":"a","__name__":"up"},"timestamp":1700000001000,"value":NaN}
            {"timestamp":1700000002000,"value":3,"labels":{"job":"a","__name__":"up"}}
            """
        let table = try read(text)
        #expect(table.series.map(\.labels.description) == ["up{job=\"a\"}", "up{job=\"b\"}"])
        #expect(table.series.map(\.rows) == [[0, 2, 3], [1]])
        #expect(table.timeFormat == .milliseconds)
        let samples = try #require(table.seriesSamples)
        #expect(samples.map(\.labels.name) == ["up", "up"])
        #expect(samples[0].samples.map(\.value) == [1, 3])
    }

    @Test("names and values may be escaped")
    func escapes() throws {
        let table = try read("{\"a\\u0062\":1,\"\\ud83d\\ude00\":2}\n{\"ab\":3,\"😀\":4}\n")
        #expect(table.series.first?.names == ["ab", "😀"])
        #expect(table.series.first?.columns == [[1, 3], [2, 4]])
    }

    @Test("a member can name the series")
    func seriesMember() throws {
        let table = try read("{\"h\":\"a\",\"v\":1}\n{\"h\":2,\"v\":2}\n{\"v\":3,\"h\":\"a\"}\n") {
            $0.seriesColumn = "h"
        }
        #expect(table.series.map(\.labels) == [Labels(["h": "a"]), Labels(["h": "2"])])
        #expect(table.series[0].columns == [[1, 3]])
    }

    @Test("with value columns chosen, other members may hold anything")
    func ignoredMembers() throws {
        let text = "{\"meta\":{\"a\":[1,{\"b\":\"}\"}]},\"v\":1,\"note\":\"x\"}\n{\"v\":2,\"new\":[[]]}\n"
        let table = try read(text) { $0.valueColumns = ["v"] }
        #expect(table.series.first?.columns == [[1, 2]])
    }

    static let mistakes: [(String, String)] = [
        (
            "{\"v\":1}\n{\"v\":\"x\"}\n",
            "t:2:7: column \"v\": \"x\" is not a number; write a decimal number, "
                + "or leave the field empty for a missing value"
        ),
        ("{\"v\":1}\n{\"v\":1\n", "t:2:7: not a JSON object: expected \",\" or \"}\"; write one object a line"),
        ("{\"v\":1}\n[1]\n", "t:2:1: not a JSON object: expected \"{\"; write one object a line"),
        ("{\"v\":1}x\n", "t:1:8: not a JSON object: something follows the object; write one object a line"),
        ("{\"v\":1,}\n", "t:1:8: not a JSON object: expected a member's name in quotes; write one object a line"),
        ("{\"v\":1,\"v\":2}\n", "t:1: column \"v\": the member occurs twice in one object; write it once"),
        ("{\"v\":1}\n{\"v\":1,\"v\":2}\n", "t:2:8: column \"v\": the member occurs twice in one object; write it once"),
        (
            "{\"v\":1}\n{\"v\":{}}\n",
            "t:2:6: column \"v\": holds an object or an array; write a number, or null for a missing value"
        ),
        ("{\"time\":1,\"v\":1}\n{\"v\":1}\n", "t:2: the member \"time\" is missing; every line needs it"),
        (
            "{\"v\":1}\n{\"v\":1,\"time\":1}\n",
            "t:2:8: column \"time\": the first line has no such member; write it in every line or in none"
        ),
        (
            "{\"labels\":{},\"timestamp\":1,\"value\":1}\n{\"timestamp\":1,\"value\":1}\n",
            "t:2: lines with and without \"labels\" in one file; write all as "
                + "{\"labels\":…,\"timestamp\":…,\"value\":…} or none"
        ),
        (
            "{\"v\":1e999}\n",
            "t:1:6: column \"v\": \"1e999\" is not a finite number; write a number up to 1.797e308 in size, or leave the field empty for a missing value"
        ),
        ("{\"v\":\"1", "t:1:6: not a JSON object: the string does not end; write one object a line"),
        (
            "{\"v\":\"a\u{1}\"}",
            "t:1:8: not a JSON object: a control character inside a string; write one object a line"
        ),
        ("{\"v\":}", "t:1:6: not a JSON object: expected a value; write one object a line"),
        ("{}\n", "t: no column is left for values; add a numeric column besides time, series and label"),
        (
            "{\"labels\":{\"a\":1},\"value\":1}\n",
            "t:1:11: column \"labels\": \"{\\\"a\\\":1}\" is not the name of a series; write a text that is not empty"
        ),
    ]

    @Test("each mistake is told with its place and its cure", arguments: mistakes)
    func message(text: String, expected: String) {
        #expect(failure(text) == expected)
    }

    @Test("values nested without end are refused, not followed")
    func depth() {
        let text = "{\"a\":" + String(repeating: "[", count: 100_000) + "\n"
        #expect(failure(text)?.contains("nested more than 64 deep") == true)
    }

    @Test("bad lines can be left out")
    func skipping() throws {
        let table = try read("{\"v\":1}\nnonsense\n{\"v\":3}\n{\"v\":\n{\"v\":5}") { $0.badRows = .skip(reporting: 9) }
        #expect(table.series.first?.columns == [[1, 3, 5]])
        #expect(table.rejected.errors.map(\.location.line) == [2, 4])
    }

    @Test("series with many columns of their own cost their values, not a column for each series")
    func sparseColumns() throws {
        let text = (0..<300).map { "{\"h\":\"s\($0)\",\"v\($0 % 50)\":\($0)}\n" }.joined()
        let table = try read(text) { $0.seriesColumn = "h" }
        #expect(table.series.count == 300 && table.series.allSatisfy { $0.columns.count == 50 })
        for (number, series) in table.series.enumerated() {
            #expect(series.names == table.series[0].names)
            for (column, values) in series.columns.enumerated() {
                #expect(column == number % 50 ? values == [Double(number)] : values.count == 1 && values[0].isNaN)
            }
        }
        // Columns without a value are one piece of memory.
        let places = table.series.flatMap { series in
            series.columns.map { $0.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } }
        }
        #expect(Set(places).count == 301)
    }

    @Test("what is missing before and after a value is missing in its place")
    func sparsePlaces() throws {
        let text = "{\"a\":1}\n{\"b\":2}\n{\"a\":3}\n{\"c\":null}\n"
        let columns = try #require(try read(text).series.first).columns
        let written = columns.map { $0.map { $0.isNaN ? "–" : "\($0)" } }
        #expect(written == [["1.0", "–", "3.0", "–"], ["–", "2.0", "–", "–"], ["–", "–", "–", "–"]])
    }

    @Test("further members called like labels are no values, also when they come late")
    func furtherLabels() throws {
        let table = try read("{\"label\":0,\"v\":1}\n{\"label\":1,\"v\":2,\"is_anomaly\":1}\n")
        #expect(table.series.first?.names == ["v"] && table.ignoredLabels == ["is_anomaly"])
    }

    @Test("a value column that no line has is an error")
    func unknownColumn() {
        let message = failure("{\"v\":1}\n") { $0.valueColumns = ["w"] }
        #expect(message == "t: column \"w\": --value-column names a column that does not exist; the columns are \"v\"")
    }
}
