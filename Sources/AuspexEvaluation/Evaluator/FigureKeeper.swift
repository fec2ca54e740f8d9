/// Keeps what a report may draw, and no more, however many files there are: the figures of the first files, and for each
/// detector those of its worst ones.
struct FigureKeeper {
    /// A report draws no more figures by itself, and each of these files has one at least.
    private static let firstFiles = HTMLReport.defaultFigureLimit

    private struct Entry {
        var file: Int
        var place: Int
        var vusPR: Double
        var figure: SeriesFigure
    }

    private var first: [Entry] = []
    /// Per detector, the lowest VUS-PR first.
    private var worst: [String: [Entry]] = [:]
    private var count = 0

    /// Takes the figures of file number `file`, in any order of files.
    mutating func take(_ figures: [SeriesFigure], rows: [EvaluationRow], file: Int) {
        var vusPR: [String: Double] = [:]
        let key = { (file: String, detector: String) in file + "\u{0}" + detector }
        for row in rows { vusPR[key(row.file, row.detector)] = row.metrics?.vusPR }
        for (place, figure) in figures.enumerated() {
            count += 1
            let value = vusPR[key(figure.name, figure.detector)] ?? 1
            let entry = Entry(file: file, place: place, vusPR: value, figure: figure)
            if file < Self.firstFiles {
                first.append(entry)
            } else {
                var entries = worst[figure.detector, default: []]
                let index = entries.firstIndex { ($0.vusPR, $0.file, $0.place) > (value, file, place) }
                entries.insert(entry, at: index ?? entries.count)
                worst[figure.detector] = Array(entries.prefix(WorstFiles.limit))
            }
        }
    }

    /// The figures that were kept, in the order of files, and how many were not.
    var kept: (figures: [SeriesFigure], omitted: Int) {
        let all = (first + worst.values.joined()).sorted { ($0.file, $0.place) < ($1.file, $1.place) }
        return (all.map(\.figure), count - all.count)
    }
}
