# Prints the sections, without and with a dot, and the keys that begin with $1.
_tdro_matching_sections() {
  local key rest last=
  for key in $_tdro_keys; do
    [[ $key == "$1"* && $key != stages.* && $key != experiment= ]] || continue
    key=${key%=}
    rest=${key#"$1"}
    [[ $rest != *.* ]] || key=$1${rest%%.*}
    [[ $key != "$last" ]] || continue
    printf '%s\n' "$key"
    [[ $rest != *.* ]] || printf '%s\n' "$key."
    last=$key
  done
}

# Prints the keys that begin with $1, each up to its next dot.
_tdro_matching_keys() {
  local before= typed=$1 key rest
  if [[ $typed == stages.*.* ]]; then
    rest=${typed#stages.*.}
    before=${typed%"$rest"}
    typed=$rest
  fi
  for key in $_tdro_keys; do
    [[ $key == "$typed"* ]] || continue
    rest=${key#"$typed"}
    [[ $rest != *.* ]] || key=$typed${rest%%.*}.
    printf '%s\n' "$before$key"
  done
}

_tdro() {
  [[ -z ${ZSH_VERSION-} ]] || emulate -L ksh
  # COMP_WORDS would be split at the = of KEY=VALUE.
  local line=${COMP_LINE:0:$COMP_POINT} command= option= word= words= last=
  while [[ $line == *[[:space:]]* ]]; do
    word=${line%%[[:space:]]*}
    line=${line#*[[:space:]]}
    if [[ -z $word ]]; then
      continue
    elif [[ -z $command ]]; then
      command=tdro
    elif [[ -n $option ]]; then
      option=
    elif [[ $word == -* ]]; then
      [[ " $(_tdro_valued "$command") " != *" $word "* ]] || option=$word
    elif [[ " $(_tdro_commands "${command/#tdro help/tdro}") " == *" $word "* ]]; then
      command+=" $word"
    fi
  done
  if [[ $option == --explain || $option == --package ]]; then
    words=$(_tdro_matching_sections "$line")
  elif [[ -n $option ]]; then
    words=$(_tdro_values "$command $option")
    if [[ $line == *,* ]]; then
      last=
      for word in $words; do last+=" ${line%,*},$word"; done
      words=$last
    fi
  elif [[ $line == -* ]]; then
    words=$(_tdro_options "$command")
  elif [[ " $_tdro_configured " != *"<$command>"* ]]; then
    words=$(_tdro_commands "${command/#tdro help/tdro}")
  elif [[ $line == *=* ]]; then
    word=${line%%=*}
    words=$(_tdro_key_values "${word#stages.*.}")
    # Bash completes the part after the =, zsh the whole word.
    if [[ -n ${ZSH_VERSION-} || ${COMP_WORDBREAKS-=} != *=* ]]; then
      last=
      for option in $words; do last+=" $word=$option"; done
      words=$last
    else
      line=${line#*=}
    fi
  else
    words=$(_tdro_matching_keys "$line")
  fi
  COMPREPLY=()
  last=
  for word in $words; do
    if [[ $word == "$line"* && $word != "$last" ]]; then
      COMPREPLY+=("$word")
      last=$word
    fi
  done
  # Keys go on after their dots and before their values.
  if [[ $last == *[.=] && -z ${ZSH_VERSION-} ]]; then
    compopt -o nospace 2>/dev/null
  fi
  return 0
}

if [[ -n ${ZSH_VERSION-} ]]; then
  autoload -Uz compinit bashcompinit
  compinit -u
  bashcompinit
  # Whether a blank follows cannot be chosen for each word here.
  complete -o nospace -o bashdefault -o default -F _tdro tdro
  return 0
fi
complete -o bashdefault -o default -F _tdro tdro
