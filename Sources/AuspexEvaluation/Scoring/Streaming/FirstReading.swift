import AuspexDetection
import AuspexSignals
import AuspexWire

/// Reads an input once and keeps the raw score of each row.
struct FirstReading {
    /// What was gathered of one series.
    private struct Gathered {
        var stream: TableStream
        var scores: [Double] = []
        var last: Timestamp?
        var repeatedTimes = 0
    }

    /// Room for one row more in so many.
    private static let reserve = 16

    private let run: ScoringRun
    private let fresh: TableStream
    private let textBytes: Int
    private var labels: [Labels] = []
    private var gathered: [Gathered] = []
    private var numbers: [Labels: Int] = [:]
    private var names: [String] = []
    private var end: TabularInput?

    /// - Parameters:
    ///   - fresh: a detector that has seen nothing.
    ///   - textBytes: about how many bytes of text the file has.
    init(_ run: ScoringRun, fresh: TableStream, textBytes: Int) {
        self.textBytes = textBytes
        self.run = run
        self.fresh = fresh
    }

    /// Reads the whole input.
    ///
    /// - Parameter expected: about how many rows there will be.
    /// - Returns: nil as soon as a row is earlier than the one before: then the rows must be sorted first.
    mutating func read(expecting expected: Int) throws -> StreamedScoring? {
        var parts = try TableReader(options: run.streamingOptions).parts(path: run.path)
        var progress = ReadingProgress(
            file: run.path, purpose: .scoring, rows: 0, bytes: 0, totalBytes: max(1, textBytes))
        while let part = try parts.next(rows: StreamedScoring.partRows) {
            for piece in part.series {
                guard try take(piece, expecting: expected) else { return nil }
                names = piece.names
            }
            end = part
            progress.rows += part.rowCount
            progress.bytes = parts.bytesRead
            run.progress(progress)
        }
        return try finish()
    }

    /// Scores the next rows of a series; false when they are out of order.
    private mutating func take(_ piece: TabularSeries, expecting expected: Int) throws -> Bool {
        let number = numbers[piece.labels] ?? begin(piece.labels, expecting: expected)
        for time in piece.times ?? [] {
            if let last = gathered[number].last {
                guard time >= last else { return false }
                if time == last { gathered[number].repeatedTimes += 1 }
            }
            gathered[number].last = time
        }
        gathered[number].scores += gathered[number].stream.scores(try Table(piece)).scores
        return true
    }

    private mutating func begin(_ labels: Labels, expecting expected: Int) -> Int {
        let number = gathered.count
        numbers[labels] = number
        self.labels.append(labels)
        gathered.append(Gathered(stream: fresh))
        // One series has all rows; of several nobody knows how they share them. A little more than is expected: growing at
        // the end would double the memory.
        if number == 0, expected > 0 { gathered[0].scores.reserveCapacity(expected + expected / Self.reserve) }
        return number
    }

    private mutating func finish() throws -> StreamedScoring {
        var notes = ScoringResult.notes(ofIgnored: end?.ignoredLabels ?? [])
        var series: [Labels: StreamedScoring.Series] = [:]
        for number in gathered.indices {
            let own = TimeOrder.notes(ofRepeated: gathered[number].repeatedTimes) + gathered[number].stream.notes
            notes += gathered.count == 1 ? own : own.map { "\(labels[number]): \($0)" }
            // Moved out, so that sorting them takes no second copy.
            var scores: [Double] = []
            swap(&scores, &gathered[number].scores)
            let rows = scores.count
            let training = TrainingRange.named(in: run.path, rows: rows)
            if let training, CalibratedOutput.suffices(training, alpha: run.alpha) {
                scores = Array(scores[training])
            }
            series[labels[number]] = StreamedScoring.Series(
                calibrator: try BatchCalibrator(reference: consume scores, alpha: run.alpha), rows: rows)
        }
        return StreamedScoring(
            run, fresh: fresh, series: series, names: names, notes: notes,
            rejections: end?.rejected.errors.map(\.description) ?? [], textBytes: textBytes)
    }
}
