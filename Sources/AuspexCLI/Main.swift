import AuspexCommands

/// The program `auspex`.
@main
struct Main {
    static func main() async { await AuspexCommandLine.main() }
}
