public import AuspexDetection

/// The whole command line of Auspex, for a program of your own with detectors of your own.
///
/// ```swift
/// import Auspex
/// import AuspexCommands
///
/// @main struct Main {
///     static func main() async throws {
///         var detectors = DetectorRegistry.standard
///         try detectors.register(batch: MyDetector.self)
///         await AuspexCommandLine.main(detectors: detectors)
///     }
/// }
/// ```
public enum AuspexCommandLine {
    /// What the commands of this call know. The parser makes commands by itself, so that nothing can be handed to them.
    @TaskLocal static var detectors = DetectorRegistry.standard

    /// Does what the program's arguments say, and ends the program with the exit code of its table.
    ///
    /// - Parameter detectors: the detectors that commands know by name, in `score`, `evaluate`, `serve` and the others.
    public static func main(detectors: DetectorRegistry = .standard) async {
        await $detectors.withValue(detectors) { await AuspexCommand.main() }
    }
}
