/// Where scored rows go: to standard output, or to a file that is there once all of it is.
final class ScoreSink {
    private let file: OutputFile?
    private let readerLeft: () -> Void
    private var writer: OutputWriter?
    /// Why nothing more can be written; nil while it can.
    private(set) var failure: Failure?

    /// - Parameters:
    ///   - file: nil for standard output.
    ///   - readerLeft: is called when nobody reads standard output any more.
    init(_ file: OutputFile?, readerLeft: @escaping () -> Void) {
        self.file = file
        self.readerLeft = readerLeft
    }

    /// Adds text.
    func write(_ text: String) throws {
        guard let file else {
            if !Terminal.write(text) { readerLeft() }
            return
        }
        do {
            let writer = try writer ?? OutputWriter(file)
            self.writer = writer
            try writer.write(text)
        } catch let failure as Failure {
            self.failure = failure
            throw failure
        }
    }

    /// Puts the file in its place, if anything was written.
    func finish() throws { try writer?.finish() }
}
