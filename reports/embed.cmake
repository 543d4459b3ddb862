# Turns the files under reports/templates into one C++ file in the build directory, again when one of them changes: the program needs no files at run time.
# Included by CMakeLists.txt it adds that file to the room; run with `cmake -DOUT=file -P` it writes it.
set(embed_folder ${CMAKE_CURRENT_LIST_DIR}/templates)

if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB names RELATIVE ${embed_folder} ${embed_folder}/*.mustache ${embed_folder}/*.css ${embed_folder}/*.js)
  set(code "#include \"reports/assets.h\"\n\nnamespace reports {\nnamespace {\n\nconstexpr Asset all[] = {\n")
  foreach(name IN LISTS names)
    file(READ ${embed_folder}/${name} text)
    string(APPEND code "{\"${name}\", R\"~asset~(${text})~asset~\"},\n")
  endforeach()
  string(APPEND code "};\n\n}  // namespace\n\nstd::span<const Asset> assets() { return all; }\n\n}  // namespace reports\n")
  file(WRITE ${OUT} "${code}")
  return()
endif()

file(GLOB embed_files CONFIGURE_DEPENDS ${embed_folder}/*.mustache ${embed_folder}/*.css ${embed_folder}/*.js)
set(embed_out ${CMAKE_CURRENT_BINARY_DIR}/reports_assets.cpp)
add_custom_command(
  OUTPUT ${embed_out}
  COMMAND ${CMAKE_COMMAND} -DOUT=${embed_out} -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${embed_files} ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Embedding reports/templates"
  VERBATIM)
target_sources(room_reports PRIVATE ${embed_out})
find_path(KAINJOW_INCLUDE kainjow/mustache.hpp REQUIRED)
target_include_directories(room_reports SYSTEM PRIVATE ${KAINJOW_INCLUDE})
if(TARGET reports_test)
  find_package(pugixml REQUIRED)
  target_link_libraries(reports_test PRIVATE pugixml::pugixml)
endif()
