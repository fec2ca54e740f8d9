import AuspexSignals
import AuspexTesting
import AuspexWire
import Testing

@Suite("CSV tables") struct CSVTests {
    @Test("time, values and truth go where they belong")
    func plain() throws {
        let table = try read("timestamp,cpu,disk,label\n2026-03-01T12:00:00Z,1.5,2,0\n2026-03-01T12:01:00Z,,nan,1\n")
        let series = try #require(table.series.first)
        #expect(table.series.count == 1 && table.rowCount == 2)
        #expect(series.names == ["cpu", "disk"])
        #expect(series.times == [1_772_366_400_000, 1_772_366_460_000].map { Timestamp(milliseconds: $0) })
        #expect(series.truth == [false, true])
        #expect(series.columns[0][0] == 1.5 && series.columns[1][0] == 2)
        #expect(series.columns[0][1].isNaN && series.columns[1][1].isNaN)
        #expect(table.timeFormat == .iso8601)
    }

    @Test(
        "the same table in other clothes",
        arguments: [
            "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "\u{feff}a,b\n1,2\n3,4\n",
            "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n", "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n", "\n\na,b\n\n1,2\n\n3,4\n\n\n",
            "a , b\n 1 , 2 \n3,4", "a,b\r\n\"1\",\"2\"\r\n\"3\",\"4\"", "a,b\n1,2\r\n3,4\r\n",
        ])
    func variants(text: String) throws {
        let series = try #require(try read(text).series.first)
        #expect(series.names == ["a", "b"])
        #expect(series.columns == [[1, 3], [2, 4]])
        #expect(series.times == nil && series.truth == nil)
    }

    @Test("quotes keep separators, line feeds and doubled quotes")
    func quotes() throws {
        let table = try read("\"a,\"\"b\"\"\",\"c\nd\"\n1,2\n") { _ in }
        #expect(table.series.first?.names == ["a,\"b\"", "c\nd"])
    }

    @Test("a first line without a name is a row")
    func headerless() throws {
        #expect(try read("1\n2\n").series.first?.names == ["value"])
        #expect(try read("1,2\n3,4\n").series.first?.columns == [[1, 3], [2, 4]])
        let timed = try #require(try read("2026-01-01,5\n2026-01-02,6\n").series.first)
        #expect(timed.names == ["value"] && timed.columns == [[5, 6]] && timed.times?.count == 2)
    }

    @Test("truth is known by its name in any case, and by option")
    func truth() throws {
        #expect(try read("value,Label\n1,1.0\n2,false\n").series.first?.truth == [true, false])
        #expect(try read("value,is_anomaly\n1,1\n").series.first?.truth == [true])
        let chosen = try read("value,bad\n1,0\n") { $0.labelColumn = "bad" }
        #expect(chosen.series.first?.truth == [false] && chosen.series.first?.names == ["value"])
    }

    @Test("further columns called like labels are no values unless they are chosen")
    func furtherLabels() throws {
        let text = "v,label,is_anomaly\n5,0,1\n"
        let table = try read(text)
        #expect(table.series.first?.names == ["v"] && table.labelColumn == "label")
        #expect(table.ignoredLabels == ["is_anomaly"])
        let other = try read(text) { $0.labelColumn = "is_anomaly" }
        #expect(other.series.first?.names == ["v"] && other.series.first?.truth == [true])
        let chosen = try read(text) { $0.valueColumns = ["is_anomaly"] }
        #expect(chosen.series.first?.names == ["is_anomaly"] && chosen.ignoredLabels.isEmpty)
    }

    @Test("times are kept as the file has them")
    func timeTexts() throws {
        let table = try read("time,v\n1700000000.123456,1\n 1700000000.1234567 ,2\n")
        let series = try #require(table.series.first)
        #expect(series.times?.map(\.milliseconds) == [1_700_000_000_123, 1_700_000_000_123])
        #expect([0, 1].map { series.timeTexts?[$0] } == ["1700000000.123456", "1700000000.1234567"])
    }

    @Test("value columns come in the order of the option, the others are not even looked at")
    func valueColumns() throws {
        let table = try read("host,a,b,c\nx,1,2,y\n") { $0.valueColumns = ["b", "a"] }
        #expect(table.series.first?.names == ["b", "a"] && table.series.first?.columns == [[2], [1]])
    }

    @Test("rows are sorted into series, which remember where they stood")
    func seriesColumn() throws {
        let table = try read("host,time,value\na,1,10\nb,1,20\na,2,11\nb,2,\n") { $0.seriesColumn = "host" }
        #expect(table.series.map(\.labels) == [Labels(["host": "a"]), Labels(["host": "b"])])
        #expect(table.series.map(\.rows) == [[0, 2], [1, 3]])
        #expect(table.series[0].columns == [[10, 11]])
        let samples = try #require(table.seriesSamples)
        #expect(samples.map(\.labels.description) == ["value{host=\"a\"}", "value{host=\"b\"}"])
        #expect(samples[1].samples == [Sample(time: Timestamp(milliseconds: 1_000), value: 20)])
    }

    @Test("samples are in order of time, ties in order of the file")
    func sampleOrder() throws {
        let table = try read("time,v\n3,1\n1,2\n3,3\n2,4\n")
        #expect(table.seriesSamples?.first?.samples.map(\.value) == [2, 4, 1, 3])
        #expect(try read("v\n1\n").seriesSamples == nil)
    }

    @Test("the time column can be named, or denied")
    func timeColumn() throws {
        #expect(try read("when,time\n5,6\n") { $0.timeColumn = .named("when") }.series.first?.names == ["time"])
        #expect(try read("time,v\n5,6\n") { $0.timeColumn = .none }.series.first?.names == ["time", "v"])
    }

    @Test("no piece boundary changes the outcome")
    func pieces() throws {
        // Longer than a few pieces of 256 KiB, with quotes, CRLF and lines of many lengths.
        var generator = SplitMix64(seed: 3)
        var text = "time,host,value\r\n"
        var expected: [Double] = []
        for row in 0..<60_000 {
            let value = Double.random(in: -1e6...1e6, using: &generator)
            expected.append(value)
            let host = String(repeating: "h", count: Int.random(in: 1...9, using: &generator))
            text += "\(row),\"\(host)\",\(value)" + (Bool.random(using: &generator) ? "\r\n" : "\n")
        }
        let table = try read(text) { $0.valueColumns = ["value"] }
        #expect(table.series.first?.columns == [expected])
        let zipped = try read(gzipped(Array(text.utf8))) { $0.valueColumns = ["value"] }
        #expect(zipped == table)
    }

    @Test("a line longer than a piece is read")
    func longLine() throws {
        let width = 12_000
        let names = (0..<width).map { "a_rather_long_name_of_a_column_\($0)" }
        let text = names.joined(separator: ",") + "\n" + (0..<width).map(String.init).joined(separator: ",") + "\n"
        let table = try read(text)
        #expect(table.series.first?.names == names)
        #expect(table.series.first?.columns.map { $0[0] } == (0..<width).map(Double.init))
    }
}
