import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexEvaluation

@Suite("Layouts of data sets") struct LayoutTests {
    /// The series that a folder holds, and what is left out.
    private func read(_ folder: TemporaryDirectory, _ path: String = "") throws -> (
        series: [LabelledSeries], sets: [String], skipped: [SkippedFile]
    ) {
        let found = try DatasetFiles.find([folder.path + path])
        let names = SetNames(folders: found.files.map(\.folder))
        let series = try found.files.flatMap { try $0.read(options: InputOptions()) }
        return (series, found.files.map { names.name(of: $0.folder) }, found.skipped)
    }

    private func error(_ folder: TemporaryDirectory, _ path: String = "") throws -> String {
        let found = try DatasetFiles.find([folder.path + path])
        do {
            _ = try found.files.flatMap { try $0.read(options: InputOptions()) }
        } catch {
            return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
        }
        return "no error"
    }

    private func indices(_ labels: [Bool]?) -> [Int] { (labels ?? []).indices.filter { labels?[$0] ?? false } }

    // MARK: UCR Anomaly Archive

    @Test(
        "a file of the UCR archive has its training rows and its anomaly in its name",
        arguments: ["1\n2\n3\n4\n5\n6\n7\n8\n", " 1 2\t3 4 \r\n 5 6  7 8", "1,2,3,4\n5,6,7,8\n"])
    func ucr(text: String) throws {
        let folder = try TemporaryDirectory()
        try folder.file("UCR/007_UCR_Anomaly_Some_Name_3_5_7.txt", text)
        let (series, sets, _) = try read(folder)
        #expect(series.count == 1 && sets == ["UCR"])
        #expect(series[0].table.column(0) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(indices(series[0].labels) == [5, 6] && series[0].training == 0..<3)
    }

    @Test("an anomaly of one row has it, and other names are no such files")
    func ucrNames() throws {
        #expect(UCRArchive(path: "a/1_UCR_Anomaly_x_10_20_20.TXT")?.anomaly == 20..<21)
        for name in [
            "1_UCR_Anomaly_x_10_20_20.csv", "UCR_Anomaly.txt", "1_UCR_Anomaly_x_20_10_30.txt",
            "1_UCR_Anomaly_x_10_30_20.txt", "1_UCR_Anomaly_x_0_2_3.txt", "1_UCR_Anomaly_x_a_2_3.txt", "x_1_2_3.txt",
        ] {
            #expect(UCRArchive(path: name) == nil, "\(name)")
        }
    }

    @Test(
        "a wrong file of the UCR archive is told with its line",
        arguments: [
            ("1\n2\nx3\n4\n", ":3: \"x3\" is not a number; write decimal numbers"),
            ("1 2\n3 inf\n", ":2: \"inf\" is not a number"), ("\n \n", ": has no number; write one value a line"),
            ("1\n2\n3\n", ": has 3 rows, and its name speaks of others"),
        ])
    func ucrErrors(text: String, expected: String) throws {
        let folder = try TemporaryDirectory()
        try folder.file("007_UCR_Anomaly_x_1_2_4.txt", text)
        #expect(try error(folder).hasPrefix("007_UCR_Anomaly_x_1_2_4.txt" + expected))
    }

    // MARK: Yahoo

    @Test("Yahoo's four benchmarks are read by their headers, and what gives the truth away is left out")
    func yahoo() throws {
        let folder = try TemporaryDirectory()
        try folder.file("A1Benchmark/real_1.csv", "timestamp,value,is_anomaly\n1,0.5,0\n2,0.25,1\n3,1,0\n")
        let header = "timestamps,value,anomaly,changepoint,trend,noise,seasonality1,seasonality2,seasonality3\n"
        try folder.file(
            "A4Benchmark/A4-TS1.csv",
            header + "1416726000,7,0,1,1,2,3,4,5\n1416729600,8,1,0,1,2,3,4,5\n1416733200,9,0,0,1,2,3,4,5\n")
        let (series, sets, _) = try read(folder)
        #expect(sets == ["A1Benchmark", "A4Benchmark"])
        #expect(series.map(\.table.names) == [["value"], ["value"]])
        #expect(series.map { indices($0.labels) } == [[1], [1]])
        #expect(series[1].table.column(0) == [7, 8, 9])
        #expect(series[1].table.times?.first == Timestamp(milliseconds: 1_416_726_000_000))
        var options = InputOptions()
        options.valueColumns = ["trend"]
        options.labelColumn = "changepoint"
        let chosen = try LabelledSeries.read(folder.path + "/A4Benchmark/A4-TS1.csv", options: options)
        #expect(chosen[0].table.names == ["trend"] && indices(chosen[0].labels) == [0])
    }

    @Test("a label of Yahoo's that is none is told with its line")
    func yahooErrors() throws {
        let folder = try TemporaryDirectory()
        try folder.file("a.csv", "timestamps,value,anomaly,changepoint\n1,2,0,0\n2,3,2,0\n")
        #expect(try error(folder).hasPrefix("a.csv:3: \"2\" is not a label; write 1 for an anomaly and 0 for none"))
    }

    // MARK: SMD and ASD

    private func machines() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.file("SMD/train/machine-1-1.txt", "1,2\n3,4\n")
        try folder.file("SMD/test/machine-1-1.txt", "5,6\n7,8\n9,10\n")
        try folder.file("SMD/test_label/machine-1-1.txt", "0\n1\n0\n")
        try folder.file("SMD/interpretation_label/machine-1-1.txt", "1-2:1,2\n")
        return folder
    }

    @Test("a server machine's training rows come first, without anomaly, then its test rows")
    func machine() throws {
        let folder = try machines()
        for path in ["", "/SMD", "/SMD/test/machine-1-1.txt"] {
            let (series, sets, skipped) = try read(folder, path)
            #expect(series.count == 1 && sets == ["SMD"] && skipped.isEmpty, "\(path)")
            #expect(series[0].table.column(0) == [1, 3, 5, 7, 9] && series[0].table.column(1) == [2, 4, 6, 8, 10])
            #expect(indices(series[0].labels) == [3] && series[0].training == 0..<2)
            #expect(series[0].name == "\(folder.path)/SMD/test/machine-1-1.txt")
        }
    }

    @Test("without training rows there is no training range")
    func noTraining() throws {
        let folder = try machines()
        try FileManager.default.removeItem(atPath: folder.path + "/SMD/train")
        let (series, _, _) = try read(folder)
        #expect(series[0].table.rows == 3 && series[0].training == nil && indices(series[0].labels) == [1])
    }

    @Test(
        "what does not fit together is told with file and line",
        arguments: [
            ("SMD/test_label/machine-1-1.txt", "0\n1\n", "SMD/test_label/machine-1-1.txt: has 2 labels for the 3 rows"),
            ("SMD/test_label/machine-1-1.txt", "0\n2\n0\n", "SMD/test_label/machine-1-1.txt:2: \"2\" is not a label"),
            ("SMD/test_label/machine-1-1.txt", "0\n1 0\n", "SMD/test_label/machine-1-1.txt:2: the line has several"),
            ("SMD/test_label/machine-1-1.txt", "0\n1\nx\n", "SMD/test_label/machine-1-1.txt:3: \"x\" is not a number"),
            ("SMD/train/machine-1-1.txt", "1\n2\n", "SMD/train/machine-1-1.txt: has 1 columns and SMD/test/machine"),
            ("SMD/test/machine-1-1.txt", "5,6\n7,z\n", "SMD/test/machine-1-1.txt:2:3: column \"c1\": \"z\" is not"),
            ("SMD/test/machine-9-9.txt", "5,6\n", "SMD/test/machine-9-9.txt: its labels are not there"),
        ])
    func mismatches(file: String, text: String, expected: String) throws {
        let folder = try machines()
        try folder.file(file, text)
        let found = try error(folder)
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test("application servers come as arrays or text; pickles are never run")
    func servers() throws {
        let folder = try TemporaryDirectory()
        try folder.file("ASD/omi-1_train.txt", "1,2\n")
        try folder.file("ASD/omi-1_test.txt", "3,4\n5,6\n")
        try folder.file("ASD/omi-1_test_label.csv", "label\n0\n1\n")
        for part in ["train", "test", "test_label"] { try folder.file("ASD/omi-2_\(part).pkl", "\u{80}\u{3}") }
        let (series, sets, skipped) = try read(folder)
        #expect(series.count == 1 && sets == ["ASD"])
        #expect(series[0].table.column(1) == [2, 4, 6] && indices(series[0].labels) == [2])
        #expect(skipped.count == 3 && skipped[0].reason.hasPrefix("a pickle is a program that runs when it is read"))
    }

    // MARK: SMAP and MSL

    private func telemetry(_ list: String? = nil) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        let rows = "chan_id,spacecraft,anomaly_sequences,class,num_values\n"
        let own =
            "P-1,SMAP,\"[[2, 3], [5, 5]]\",\"[contextual, point]\",6\nC-1,MSL,\"[[0, 1]]\",[point],3\n"
            + "C-1,MSL,\"[[2, 2]]\",[point],3\n"
        try folder.file("labeled_anomalies.csv", rows + (list ?? own))
        for (name, count) in [("P-1", 6), ("C-1", 3)] {
            for part in ["train", "test"] {
                let file = folder.path + "/data/\(part)/\(name).npy"
                try folder.file("data/\(part)/\(name).npy", "")
                let numbers = (0..<count * 2).map { Double($0) + (part == "train" ? 100 : 0) }
                try Data(Self.array(numbers, shape: "(\(count), 2)")).write(to: URL(filePath: file))
            }
        }
        return folder
    }

    /// The bytes of an array as NumPy saves them.
    static func array(_ numbers: [Double], shape: String, kind: String = "<f8", version: UInt8 = 1) -> [UInt8] {
        var header = "{'descr': '\(kind)', 'fortran_order': False, 'shape': \(shape), }"
        while (header.utf8.count + 11 + (version == 1 ? 0 : 2)) % 64 != 0 { header += " " }
        header += "\n"
        let length = UInt32(header.utf8.count)
        let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * UInt32($0))) }
        let body = numbers.flatMap { number -> [UInt8] in
            switch kind {
            case "<f8": withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init)
            case "<f4": withUnsafeBytes(of: Float(number).bitPattern.littleEndian, Array.init)
            case "<i8": withUnsafeBytes(of: Int64(number).littleEndian, Array.init)
            case "<i4": withUnsafeBytes(of: Int32(number).littleEndian, Array.init)
            default: [UInt8(truncatingIfNeeded: Int(number))]
            }
        }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8) + body
    }

    @Test("channels of telemetry have their anomalies in a list, and a set for each spacecraft")
    func channels() throws {
        let folder = try telemetry()
        let (series, sets, _) = try read(folder)
        #expect(sets == ["MSL", "SMAP"])
        #expect(series.map(\.training) == [0..<3, 0..<6])
        #expect(indices(series[0].labels) == [3, 4, 5] && indices(series[1].labels) == [8, 9, 11])
        #expect(series[0].table.column(1) == [101, 103, 105, 1, 3, 5])
    }

    @Test(
        "what is wrong with the list of channels is told for the channel",
        arguments: [
            ("P-1,SMAP,\"[[2, 3]]\",x,6\n", "has no row for the channel \"C-1\""),
            ("C-1,MSL,\"[[2, 3]]\",x,3\nP-1,SMAP,\"[]\",x,6\n", "\"C-1\" are wrong: row 3 is beyond the 3 rows"),
            ("C-1,MSL,\"[[2, 1]]\",x,3\nP-1,SMAP,\"[]\",x,6\n", "\"C-1\" are wrong: 2 and 1 are not in order"),
            (
                "C-1,MSL,\"[\(String(repeating: "[1, 2] ", count: 40))x\",x,3\nP-1,SMAP,\"[]\",x,6\n",
                "is no list of pairs"
            ),
            ("C-1,MSL,\"[[1, 2], 5]\",x,3\nP-1,SMAP,\"[]\",x,6\n", "\"5\" is no pair of rows"),
            ("C-1,MSL,\"[[-1, 2]]\",x,3\nP-1,SMAP,\"[]\",x,6\n", "\"[-1,2]\" is no pair of rows"),
            ("C-1,MSL,two,x,3\nP-1,SMAP,\"[]\",x,6\n", "\"C-1\" are wrong: \"two\" is no list of pairs"),
        ])
    func channelErrors(list: String, expected: String) throws {
        let folder = try telemetry(list)
        let found = try error(folder)
        #expect(found.contains("labeled_anomalies.csv: ") && found.contains(expected), "\(found)")
    }

    // MARK: Arrays

    @Test("arrays of each kind are read", arguments: ["<f8", "<f4", "<i8", "<i4", "|u1", "|b1"])
    func kinds(kind: String) throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/a.npy"
        for version: UInt8 in [1, 2] {
            let bytes = Self.array([1, 0, 1, 1, 0, 0], shape: "(3, 2)", kind: kind, version: version)
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try NumPyArray(path: path).columns == [[1, 1, 0], [0, 1, 0]])
        }
        try Data(Self.array([1, 0], shape: "(2,)", kind: kind)).write(to: URL(filePath: path))
        #expect(try NumPyArray(path: path).columns == [[1, 0]])
    }

    static let damaged: [([UInt8], String)] = [
        ([], "it does not begin as NumPy's files do"), (Array("not numpy at all".utf8), "it does not begin"),
        (array([1, 2], shape: "(3, 1)"), "it has 16 bytes of numbers where 24 belong"),
        (array([1], shape: "(1,)", kind: "|O"), "its numbers are of a kind that is none of"),
        (array([1], shape: "(1, 1, 1)"), "its shape (1, 1, 1) is not rows by columns"),
        (array([], shape: "(0, 2)"), "is not rows by columns"),
        (array([1], shape: "(4611686018427387904, 4)"), "it has more than"),
        (array([1], shape: "()"), "is not rows by columns"),
        (Array(array([1], shape: "(1,)").prefix(40)), "is cut off"),
    ]

    @Test("a damaged array is an error that says how", arguments: damaged.indices)
    func damage(index: Int) throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/a.npy"
        try Data(Self.damaged[index].0).write(to: URL(filePath: path))
        let error = #expect(throws: DatasetError.self) { try NumPyArray(path: path) }
        #expect(error?.description.contains(Self.damaged[index].1) == true, "\(error?.description ?? "")")
    }

    @Test("no cut of an array is a trap")
    func cuts() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/a.npy"
        let whole = Self.array([1, 2, 3, 4], shape: "(2, 2)")
        for count in whole.indices {
            try Data(whole.prefix(count)).write(to: URL(filePath: path))
            #expect(throws: DatasetError.self) { try NumPyArray(path: path) }
        }
    }

    @Test("an array without labels is left out with what would be right")
    func loneArray() throws {
        let folder = try TemporaryDirectory()
        try folder.file("a.npy", "x")
        let found = try DatasetFiles.find([folder.path])
        #expect(found.files.isEmpty && found.skipped[0].reason.contains("NAME_test_label"))
    }
}
