/// Programs that keep what they manage in files of their folder, note each call in the file `calls`, and fail when they
/// are told to: a file `fail-VERB` makes the verb fail.
enum FakePrograms {
    private static let head = """
        echo "${0##*/} $*" >> calls
        if [ -e "fail-$1" ]; then echo "$1 was told to fail" >&2; exit 1; fi

        """

    /// systemctl with one unit: its state is in `unit`, its type in `type`, when it last left its state in `left`, and when
    /// it last became active in `entered`, both in microseconds since boot. A file `unknown` makes the unit one that there
    /// is not; `broken` lets no restart bring it up, and `broken-once` not the next one.
    static let systemctl =
        head + """
            case "$1" in
            restart)
              read -r up idle < /proc/uptime
              # A hundredth more than there is to read, because that is rounded down.
              echo $(( (${up%.*}${up#*.} + 1) * 10000 )) > left
              [ -e broken ] || [ -e broken-once ] && echo failed > unit || echo active > unit
              rm -f broken-once ;;
            status) echo "$2 is $(cat unit 2>/dev/null || echo ill)" ;;
            show)
              case "$*" in
              *LoadState,*) printf 'LoadState=loaded\nActiveState=%s\nSubState=x\nResult=x\n' "$(cat unit)" ;;
              *=Type*) cat type 2>/dev/null || echo notify ;;
              *LoadState*) [ -e unknown ] && echo not-found || echo loaded ;;
              *ActiveEnter*) cat entered 2>/dev/null || echo 0 ;;
              *) cat left 2>/dev/null || echo 0; echo 0 ;;
              esac ;;
            esac
            """

    /// Helm with one release, whose revisions are in `revisions.json`. A file `meddle` has somebody deploy another one
    /// when it is asked how the release is.
    static let helm =
        head + """
            [ -e revisions.json ] || echo '[{"revision":41,"updated":"2026-01-01T10:00:00.5Z","status":"superseded",\
            "description":"Rollback to 39"},{"revision":42,"updated":"2026-01-02T10:00:00.5Z","status":"deployed",\
            "description":"Upgrade complete"}]' > revisions.json
            [ -e broken ] && state=failed || state=deployed
            next=$((41 + $(grep -o '"revision"' revisions.json | wc -l)))
            add() {
              now=$(date -u +%Y-%m-%dT%H:%M:%S.999999999Z)
              sed -i "s/\\"deployed\\"/\\"superseded\\"/; s/\\]$/,{\\"revision\\":$next,\\"updated\\":\\"$now\\",\
            \\"status\\":\\"$state\\",\\"description\\":\\"$1\\"}]/" revisions.json
            }
            case "$*" in
            history*--max=1[!0-9]*) sed 's/.*},{/[{/' revisions.json ;;
            history*) cat revisions.json ;;
            rollback*) add "Rollback to $3" ;;
            status*--revision=*) grep -q "\\"revision\\":${3#--revision=}," revisions.json ;;
            status*--output=json)
              [ -e meddle ] && add "Upgrade complete"
              printf '{"info":{"status":"%s"}}' $state ;;
            status*) echo "STATUS: deployed" ;;
            esac
            """

    /// kubectl with one deployment, of which one more replica is available each time it is looked at. A file `meddle`
    /// has somebody want 9 once all are.
    static let kubectl =
        head + """
            wanted=$(cat wanted 2>/dev/null || echo 2)
            available=$(cat available 2>/dev/null || echo 2)
            case "$1" in
            scale)
              for option in "$@"; do
                case "$option" in
                --current-replicas=*) [ "${option#*=}" = "$wanted" ] || { echo "it has $wanted" >&2; exit 1; } ;;
                --replicas=*) new=${option#*=} ;;
                esac
              done
              echo "$new" > wanted ;;
            get)
              case "$*" in
              *'{.spec.replicas}'*)
                if [ "$available" -lt "$wanted" ] && [ ! -e broken ]; then available=$((available + 1)); fi
                [ "$available" -gt "$wanted" ] && available=$wanted
                echo $available > available
                printf %s "${5#--output=jsonpath=}" | sed "s/{.spec.replicas}/$wanted/
                  s/{.status.availableReplicas}/$available/; s/{.metadata.generation}/3/
                  s/{.status.observedGeneration}/3/; s/{\\\"{\\\"}/{/; s/{\\\"}\\\"}/}/"
                if [ -e meddle ] && [ "$available" = "$wanted" ]; then echo 9 > wanted; fi ;;
              *jsonpath=*) case "$*" in *"replicas==$wanted)"*) printf shop-web ;; esac ;;
              *) echo "$available/$wanted" ;;
              esac ;;
            *) echo "kubectl $1" ;;
            esac
            """

    /// Docker with one container, which started at what is in `started`.
    static let docker =
        head + """
            started=$(cat started 2>/dev/null || echo 2026-01-01T10:00:00.123456789Z)
            health=$(cat health 2>/dev/null || echo '"Health":{"Status":"healthy"},')
            case "$1" in
            logs) echo "a line of the container" ;;
            restart) date -u +%Y-%m-%dT%H:%M:%S.999999999Z > started ;;
            inspect)
              case "$*" in
              *StartedAt*) echo "$started" ;;
              *State.Status*) cat status 2>/dev/null || echo running ;;
              *) [ -e broken ] && health='"Health":{"Status":"unhealthy"},'
                 echo "{\\"Status\\":\\"running\\",$health\\"StartedAt\\":\\"$started\\"}" ;;
              esac ;;
            esac
            """

    /// nginx that only notes when its workers started, as ps would say it; a file `deaf` has it go on as it is.
    static let nginx =
        head + """
            case "$*" in
            *-s*reload) [ -e deaf ] || LC_ALL=C date -u '+%a %b %e %H:%M:%S %Y' > started ;;
            esac
            """

    /// ps with one nginx: a master, a worker of long ago that ends, and one that started at what is in `started`, or so many
    /// seconds ago as `age` says.
    static let ps = """
        case "$*" in
        *etimes*)
          age=$(cat age 2>/dev/null || echo 864000)
          [ -e started ] && age=1
          printf '%7s %s\\n' 864000 'nginx: master process nginx' 864000 'nginx: worker process is shutting down' \\
            "$age" 'nginx: worker process'
          exit ;;
        esac
        echo 'Thu Jan  1 00:00:00 2026 nginx: master process nginx'
        echo 'Thu Jan  1 00:00:00 2026 nginx: worker process is shutting down'
        echo "$(cat started 2>/dev/null || echo 'Thu Jan  1 00:00:00 2026') nginx: worker process"
        """

    /// certbot that puts the certificate in `renewed` where the old one was, and calls `hook`.
    static let certbot =
        head + """
            [ "$1" = renew ] || exit 0
            cp renewed/cert.pem renewed/key.pem "live/$3/" && ./hook
            """

    /// df that knows on which file system the journal lies, by the file `journal-on`, if it lies on any.
    static let df =
        head + """
            [ "$1" != --output=target ] && exec echo "${0##*/} $*"
            [ -e journal-on ] || { echo "df: $2: No such file or directory" >&2; exit 1; }
            echo "Mounted on"; cat journal-on
            """

    /// logrotate that writes its state and rotates nothing. What it would rotate is in the file `would`, else `log/app.log`.
    static let logrotate =
        head + """
            if [ "$1" = --debug ]; then
              echo "reading config file"
              cat would 2>/dev/null || echo "rotating log $PWD/log/app.log, log->rotateCount is 3"
              exit
            fi
            for option in "$@"; do
              case "$option" in --state=*) echo rotated > "${option#--state=}" ;; esac
            done
            """

    /// find for which all disks are device 42, and so are folders, unless the file `folders` says otherwise.
    static let find =
        head + """
            case "$*" in
            *-maxdepth*) printf 42 ;;
            *) cat folders 2>/dev/null || echo "42 $2" ;;
            esac
            """

    /// A program that says what it was called with.
    static let echo = head + "echo \"${0##*/} $*\"\n"
}
