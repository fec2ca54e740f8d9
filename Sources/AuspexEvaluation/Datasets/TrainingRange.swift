/// The part of a series that a file's name declares free of anomalies.
enum TrainingRange {
    /// What stands before the number of rows, as TSB-AD names its files: `…_tr_7500_1st_15000.csv`.
    private static let mark = "_tr_"

    /// Rows 0..<N of the last `_tr_N` in the name of the file at `path`, at most `rows`; nil when there is none.
    static func named(in path: String, rows: Int) -> Range<Int>? {
        let name = path.split(separator: "/").last ?? ""
        var rest = name[...]
        var found: Int?
        while let place = rest.firstRange(of: mark) {
            rest = rest[place.upperBound...]
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let end = rest.dropFirst(digits.count).first
            // `_tr_50a` is some other name.
            if end == nil || end == "_" || end == ".", let number = Int(digits) { found = number }
        }
        guard let found, found > 0, rows > 0 else { return nil }
        return 0..<min(found, rows)
    }
}
