/// Where scored rows go: to standard output, or to a file that is there once all of it is.
final class ScoreSink {
    private let file: OutputFile?
    private var writer: OutputWriter?
    /// Why nothing more can be written; nil while it can.
    private(set) var failure: Failure?

    /// - Parameter file: nil for standard output.
    init(_ file: OutputFile?) {
        self.file = file
    }

    /// Adds text.
    func write(_ text: String) throws {
        guard let file else { return Terminal.write(text) }
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
